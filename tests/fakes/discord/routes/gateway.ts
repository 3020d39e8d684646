import { openRoute, type Route, route } from '../route.ts';

export const gatewayRoutes: readonly Route[] = [
  openRoute('GET', '/gateway', ({ world }) => ({ url: world.gateway.url })),
  route('GET', '/gateway/bot', ({ world, app }) => {
    const { remaining, resetAfterMs } = world.gateway.sessionStarts(app);
    return {
      url: world.gateway.url,
      shards: 1,
      session_start_limit: {
        total: world.gateway.sessionStartLimit,
        remaining,
        reset_after: resetAfterMs,
        max_concurrency: 1,
      },
    };
  }),
];
