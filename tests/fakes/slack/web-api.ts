import type { App, Installation } from './app.ts';
import type { Arguments } from './arguments.ts';
import type { CallRecord } from './call-log.ts';
import type { JsonObject } from './json.ts';
import type { AppMethod, BotMethod } from './method.ts';
import { METHODS } from './method-table.ts';
import { Refusal } from './refusal.ts';
import { installationWith, type World } from './world.ts';

/** What to answer: a body with status 200, or 429. */
export interface ApiAnswer {
  readonly status: 200 | 429;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

interface Bearer {
  readonly app: App;
  readonly installation: Installation | undefined;
  readonly scopes: readonly string[];
}

/** Carries out one Web API call as Slack does: token, method, scope, rate limit, then the method itself. */
export async function answerCall(
  world: World,
  call: { readonly method: string; readonly args: Arguments; readonly token: string | undefined },
  record: CallRecord,
): Promise<ApiAnswer> {
  let headers: Record<string, string> = {};
  try {
    const bearer = authenticate(world, call.token);
    const method = METHODS[call.method];
    if (!method) throw new Refusal('unknown_method', { req_method: call.method });
    headers = {
      'x-oauth-scopes': bearer.scopes.join(','),
      'x-accepted-oauth-scopes': method.scopes.join(','),
    };
    record.unknownArguments = Object.keys(call.args.all).filter(
      (name) => name !== 'token' && !method.arguments.includes(name),
    );
    authorize(bearer, method);
    const retryAfter = world.rateLimits.take({
      method: call.method,
      tier: method.tier,
      scope: `${bearer.app.id} ${bearer.installation?.workspace.id}`,
      channel: call.args.text('channel'),
    });
    if (retryAfter !== undefined) return rateLimited(retryAfter);
    const result = await run(world, method, call.args, bearer);
    record.accepted = true;
    return { status: 200, body: { ok: true, ...result }, headers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 200, body: { ok: false, error: error.code, ...error.details }, headers };
  }
}

export function rateLimited(seconds: number): ApiAnswer {
  return {
    status: 429,
    body: { ok: false, error: 'ratelimited' },
    headers: { 'retry-after': String(seconds) },
  };
}

function authenticate(world: World, token: string | undefined): Bearer {
  if (token === undefined || token === '') throw new Refusal('not_authed');
  const app = world.apps.find((each) => each.appToken === token);
  if (app) return { app, installation: undefined, scopes: app.appScopes };
  const installation = installationWith(world, token);
  if (!installation) throw new Refusal('invalid_auth');
  if (installation.revoked) throw new Refusal('token_revoked');
  return { app: installation.app, installation, scopes: installation.scopes };
}

function authorize({ scopes, installation }: Bearer, method: AppMethod | BotMethod): void {
  if ((method.token === 'bot') !== (installation !== undefined)) throw new Refusal('not_allowed_token_type');
  if (method.scopes.length === 0 || method.scopes.some((scope) => scopes.includes(scope))) return;
  throw new Refusal('missing_scope', { needed: method.scopes.join(','), provided: scopes.join(',') });
}

async function run(
  world: World,
  method: AppMethod | BotMethod,
  args: Arguments,
  { app, installation }: Bearer,
): Promise<JsonObject> {
  if (method.token === 'app') return method.run({ world, args, app });
  if (!installation) throw new Refusal('not_allowed_token_type');
  return await method.run({ world, args, app, installation, workspace: installation.workspace });
}
