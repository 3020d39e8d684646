import type { App, Installation } from '../app.ts';
import type { Delivery, DeliveryKind } from '../envelope.ts';
import type { JsonObject } from '../json.ts';
import type { User } from '../model.ts';
import type { Workspace } from '../workspace.ts';
import type { World } from '../world.ts';

/** How it went for somebody who waits: only `acked` is not an error message in their client. */
export interface Asked {
  readonly outcome: 'acked' | 'timed_out' | 'no_connection' | 'connection_lost' | 'http_error';
  /** From sending to the acknowledgement, by the machine's clock, ms. */
  readonly latencyMs: number | undefined;
  /** What the acknowledgement said. */
  readonly payload: JsonObject;
  readonly delivery: Delivery;
}

/** Who does something, and where. */
export interface Actor {
  readonly world: World;
  readonly workspace: Workspace;
  readonly user: User;
}

export async function ask(world: World, app: App, kind: DeliveryKind, payload: JsonObject): Promise<Asked> {
  const { delivery, attempt } = await world.deliveries.ask(app, kind, payload);
  const { outcome } = attempt;
  if (!outcome) throw new Error('an attempt ended without an outcome');
  return {
    outcome: outcome.kind,
    latencyMs: attempt.latencyMs,
    payload: outcome.kind === 'acked' ? outcome.payload : {},
    delivery,
  };
}

/** What every interactive payload says of who and where. */
export function payloadBase({ workspace, user }: Actor, app: App): JsonObject {
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: app.id,
    token: app.verificationToken,
    team: { id: workspace.id, domain: workspace.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The bot whose message, modal or command it is; the first one of the workspace where none is named. */
export function installationOf({ world, workspace }: Actor, appId?: string): Installation {
  const apps = appId === undefined ? world.apps : world.apps.filter((each) => each.id === appId);
  const found = apps.map((app) => app.installationIn(workspace)).find((each) => each && !each.revoked);
  if (!found) throw new Error('no such app is installed in this workspace');
  return found;
}

/** The time of a click, as payloads have it: no other click has the same. */
export function actionTime(world: World): string {
  return world.actionTimes.next(world.clock.now());
}
