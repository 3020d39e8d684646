import { nameOf, type Route } from './route.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { gatewayRoutes } from './routes/gateway.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { messageRoutes } from './routes/messages.ts';
import { peopleRoutes } from './routes/people.ts';
import { reactionRoutes } from './routes/reactions.ts';

const ROUTES: readonly Route[] = [
  ...gatewayRoutes,
  ...peopleRoutes,
  ...commandRoutes,
  ...channelRoutes,
  ...messageRoutes,
  ...reactionRoutes,
  ...interactionRoutes,
];

const TABLE = ROUTES.map((route) => ({ route, parts: route.path.split('/') }));

/** The routes that the fake implements, sorted: whatever a bot calls must be among them, or be `GET cdn`. */
export const implementedRoutes: readonly string[] = ROUTES.map(nameOf).sort();

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The route of a request; where several fit, the one with the most literal parts. */
export function matchRoute(method: string, path: string): Match | undefined {
  const asked = path.split('/');
  const fits = TABLE.filter(
    ({ route, parts }) =>
      route.method === method &&
      parts.length === asked.length &&
      parts.every((part, index) => isParameter(part) || part === asked[index]),
  );
  const [best] = fits.sort((one, other) => literals(other.parts) - literals(one.parts));
  if (!best) return undefined;
  const params = best.parts.flatMap((part, index) =>
    isParameter(part) ? [[part.slice(1, -1), decodeURIComponent(asked[index] ?? '')]] : [],
  );
  return { route: best.route, params: Object.fromEntries(params) };
}

function isParameter(part: string): boolean {
  return part.startsWith('{');
}

function literals(parts: readonly string[]): number {
  return parts.filter((each) => !isParameter(each)).length;
}
