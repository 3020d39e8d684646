import type { Clock } from '../../../src/core/ports/clock.ts';
import type { App, Installation } from './app.ts';
import type { CallLog } from './call-log.ts';
import type { Changes } from './changes.ts';
import type { Deliveries } from './deliveries.ts';
import type { FileShares } from './file-shares.ts';
import type { Injections } from './injections.ts';
import type { Interactions } from './interactions.ts';
import type { RateLimits } from './rate-limits.ts';
import type { SocketServer } from './socket-server.ts';
import type { TimestampMaker } from './timestamps.ts';
import type { Workspace } from './workspace.ts';

/** All parts of the fake Slack, for those of them that need others. */
export interface World {
  readonly clock: Clock;
  readonly actionTimes: TimestampMaker;
  readonly changes: Changes;
  readonly calls: CallLog;
  readonly injections: Injections;
  readonly rateLimits: RateLimits;
  readonly interactions: Interactions;
  readonly sockets: SocketServer;
  readonly deliveries: Deliveries;
  readonly shares: FileShares;
  readonly workspaces: Workspace[];
  readonly apps: App[];
  /** Folder with the content of files. */
  readonly directory: string;
  /** Aborts when the fake is closed. */
  readonly stopped: AbortSignal;
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
}

/** The installation with this bot token. */
export function installationWith(world: World, token: string): Installation | undefined {
  return world.apps.flatMap((app) => app.installations).find((each) => each.botToken === token);
}

/** Every installation in this workspace that still works. */
export function installationsIn(world: World, workspace: Workspace): readonly Installation[] {
  return world.apps
    .flatMap((app) => app.installations)
    .filter((each) => each.workspace === workspace && !each.revoked);
}
