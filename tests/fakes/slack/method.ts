import type { App, Installation } from './app.ts';
import type { Arguments } from './arguments.ts';
import type { JsonObject } from './json.ts';
import type { Tier } from './rate-limits.ts';
import type { Workspace } from './workspace.ts';
import type { World } from './world.ts';

export interface BotCall {
  readonly world: World;
  readonly args: Arguments;
  readonly app: App;
  readonly installation: Installation;
  readonly workspace: Workspace;
}

export type AppCall = Pick<BotCall, 'world' | 'args' | 'app'>;

interface MethodFacts {
  readonly tier: Tier;
  /** One of them is enough to be let in; a method may ask for a certain one later. */
  readonly scopes: readonly string[];
  /** Every argument that Slack documents, `token` aside. */
  readonly arguments: readonly string[];
}

export interface BotMethod extends MethodFacts {
  readonly token: 'bot';
  readonly run: (call: BotCall) => JsonObject | Promise<JsonObject>;
}

/** A method that wants the app's own token. */
export interface AppMethod extends MethodFacts {
  readonly token: 'app';
  readonly run: (call: AppCall) => JsonObject;
}

export type MethodTable = { readonly [name: string]: BotMethod | AppMethod };

export function botMethod(
  tier: Tier,
  scopes: readonly string[],
  known: readonly string[],
  run: BotMethod['run'],
): BotMethod {
  return { token: 'bot', tier, scopes, arguments: known, run };
}
