import type { JsonObject } from '../slack/json.ts';
import type { Application } from './application.ts';
import type { SentFile } from './call-log.ts';
import type { World } from './world.ts';

/** One request as a route gets it. */
export interface Call {
  readonly world: World;
  /** The bot that asks; of routes without a token, the one that the address names. */
  readonly app: Application;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  /** The body where it is a list. */
  readonly list: readonly JsonObject[];
  readonly files: readonly SentFile[];
  /** A part of the address. Throws where the route has no such part. */
  param(name: string): string;
  /** True where the route has such a part. */
  has(name: string): boolean;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** `/channels/{channel}/messages`. */
  readonly path: string;
  /** Who may call: a bot, or whoever knows the address. */
  readonly auth: 'bot' | 'none';
  /** Undefined: 204. */
  readonly run: (call: Call) => unknown;
}

/** A route for bots. */
export function route(method: Method, path: string, run: Route['run']): Route {
  return { method, path, auth: 'bot', run };
}

/** A route whose address is the secret. */
export function openRoute(method: Method, path: string, run: Route['run']): Route {
  return { method, path, auth: 'none', run };
}

/** As injections and the log of calls name it. */
export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
