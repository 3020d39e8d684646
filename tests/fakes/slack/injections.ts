import {
  type Injection as AnyInjection,
  Injections as AnyInjections,
  type UsualTrouble,
  usualTrouble,
} from '../injections.ts';
import type { JsonObject } from './json.ts';

/** What goes wrong with one request. */
export type Trouble =
  | UsualTrouble
  /** 429 with `retry-after`; nothing was done. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }
  /** `{ ok: false, error }`. */
  | { readonly kind: 'refused'; readonly error: string }
  /** A download answers with the login page, status 200, or sends there with 302. */
  | { readonly kind: 'login_page'; readonly redirect: boolean };

/** Short words for all troubles. */
export const trouble = {
  ...usualTrouble,
  rateLimited: (retryAfterSeconds: number): Trouble => ({ kind: 'rate_limited', retryAfterSeconds }),
  refused: (error: string): Trouble => ({ kind: 'refused', error }),
  loginPage: (redirect = false): Trouble => ({ kind: 'login_page', redirect }),
} as const;

/** For a Web API method, for `upload`, `download` or `response_url`, with such arguments. */
export class Injections extends AnyInjections<Trouble, JsonObject> {}

export type Injection = AnyInjection<Trouble, JsonObject>;
