import {
  type Injection as AnyInjection,
  Injections as AnyInjections,
  type UsualTrouble,
  usualTrouble,
} from '../injections.ts';
import type { CallRecord } from './call-log.ts';
import { Refusal, refuse } from './refusal.ts';

export type RateLimitScope = 'user' | 'global' | 'shared';

/** What goes wrong with one request. */
export type Trouble =
  | UsualTrouble
  /** 429; nothing was done. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number; readonly scope: RateLimitScope }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Short words for all troubles. */
export const trouble = {
  ...usualTrouble,
  rateLimited: (retryAfterSeconds: number, scope: RateLimitScope = 'user'): Trouble => ({
    kind: 'rate_limited',
    retryAfterSeconds,
    scope,
  }),
  refused: (status: number, code: number, message = 'Refused'): Trouble => ({
    kind: 'refused',
    refusal: new Refusal(status, code, message),
  }),
  /** 413 with 40005. */
  tooLarge: (): Trouble => ({ kind: 'refused', refusal: refuse.tooLarge() }),
  /** 429 with 30046. */
  oldEdits: (retryAfterSeconds: number): Trouble => ({
    kind: 'refused',
    refusal: refuse.oldEdits(retryAfterSeconds),
  }),
  /** 400 with 50083. */
  archived: (): Trouble => ({ kind: 'refused', refusal: refuse.archived() }),
} as const;

/**
 * For a route as `implementedRoutes` has it, or for `GET cdn`. `body` and `files` of a request are not known yet where
 * the trouble comes midway.
 */
export class Injections extends AnyInjections<Trouble, CallRecord> {}

export type Injection = AnyInjection<Trouble, CallRecord>;
