import { isObject, objectsOf } from '../slack/json.ts';
import type { Application } from './application.ts';
import type { CallRecord } from './call-log.ts';
import { Refusal, refuse } from './refusal.ts';
import { nameOf } from './route.ts';
import type { Match } from './route-table.ts';
import { archiveQuietThreads } from './thread-state.ts';
import type { World } from './world.ts';

export interface Answer {
  readonly status: number;
  /** Undefined: nothing. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** For the log of calls. */
  readonly outcome: string;
}

/** Does what a request of the REST API asks for. */
export async function answerCall(
  world: World,
  match: Match | undefined,
  record: CallRecord,
  query: URLSearchParams,
): Promise<Answer> {
  let headers: Readonly<Record<string, string>> = {};
  try {
    if (!match) throw new Refusal(404, 0, '404: Not Found');
    const { route, params } = match;
    const app = callerOf(world, match, record.token);
    const isAnswer = route.path.startsWith('/interactions/') || route.path.startsWith('/webhooks/');
    const major = params['channel'] ?? params['guild'] ?? params['token'] ?? '';
    headers = world.rateLimits.take({
      route: nameOf(route),
      major,
      token: record.token ?? '',
      globally: !isAnswer,
    });
    archiveQuietThreads(world);
    const body = await route.run({
      world,
      app,
      query,
      body: isObject(record.body) ? record.body : {},
      list: objectsOf(record.body),
      files: record.files,
      has: (name) => params[name] !== undefined,
      param: (name) => {
        const value = params[name];
        if (value === undefined) throw new Error(`the route has no ${name}`);
        return value;
      },
    });
    record.accepted = true;
    return { status: body === undefined ? 204 : 200, body, headers, outcome: 'ok' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const outcome = error.code === 0 ? `http ${error.status}` : String(error.code);
    return { status: error.status, body: error.body, headers: { ...headers, ...error.headers }, outcome };
  }
}

/** The bot with this token. Throws 401; of routes without a token, whichever is the first. */
function callerOf(world: World, { route, params }: Match, token: string | undefined): Application {
  const { applications } = world.state;
  const found =
    route.auth === 'bot'
      ? applications.find((each) => each.token === token)
      : (applications.find((each) => each.id === params['application']) ?? applications[0]);
  if (!found) throw refuse.unauthorized();
  return found;
}
