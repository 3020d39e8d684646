import type { MethodTable } from '../method.ts';
import { Refusal } from '../refusal.ts';

/** What the app's own token may do: open sockets. */
export const appMethods: MethodTable = {
  'apps.connections.open': {
    token: 'app',
    tier: 'tier3',
    scopes: ['connections:write'],
    arguments: [],
    run: ({ world, app }) => {
      // Slack does not document what it answers while Socket Mode is off: an assumption.
      if (world.sockets.disabled.has(app)) throw new Refusal('socket_mode_not_enabled');
      const address = world.origin.replace('http:', 'ws:');
      return { url: `${address}/link/?ticket=${world.sockets.ticket(app)}&app_id=${app.id}` };
    },
  },
};
