import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';
import type { App } from './app.ts';
import { newSecret, newTriggerId } from './ids.ts';
import { LIMITS } from './limits.ts';
import type { Channel } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Workspace } from './workspace.ts';

interface Trigger {
  readonly app: App;
  readonly workspace: Workspace;
  readonly user: string;
  /** The modal in which it was made, if in one. */
  readonly view: string | undefined;
  readonly at: UtcMs;
  used: boolean;
}

export interface ResponseUrl {
  readonly app: App;
  readonly workspace: Workspace;
  readonly channel: Channel;
  readonly user: string;
  /** The message that `replace_original` and `delete_original` are about. */
  readonly original: { readonly ts: string } | undefined;
  readonly threadTs: string | undefined;
  readonly at: UtcMs;
  uses: number;
}

/** The short-lived permissions that come with commands and clicks. */
export class Interactions {
  readonly #clock: Clock;
  readonly #triggers = new Map<string, Trigger>();
  readonly #responses = new Map<string, ResponseUrl>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  trigger(app: App, workspace: Workspace, user: string, view?: string): string {
    const id = newTriggerId();
    this.#triggers.set(id, { app, workspace, user, view, at: this.#clock.now(), used: false });
    return id;
  }

  /** Uses a trigger up. Throws `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`. */
  exchange(id: string | undefined, app: App): Trigger {
    const trigger = id === undefined ? undefined : this.#triggers.get(id);
    if (trigger === undefined || trigger.app !== app) throw new Refusal('invalid_trigger_id');
    if (trigger.used) throw new Refusal('exchanged_trigger_id');
    if (this.#clock.now() - trigger.at > LIMITS.triggerMs) throw new Refusal('expired_trigger_id');
    trigger.used = true;
    return trigger;
  }

  /** Makes a `response_url`; returns the secret part of its path. */
  response(url: Omit<ResponseUrl, 'at' | 'uses'>): string {
    const secret = newSecret();
    this.#responses.set(secret, { ...url, at: this.#clock.now(), uses: 0 });
    return secret;
  }

  /** Counts one use. Throws `invalid_url`, `expired_url`, `used_url`. */
  use(secret: string): ResponseUrl {
    const url = this.#responses.get(secret);
    if (!url) throw new Refusal('invalid_url');
    if (this.#clock.now() - url.at > LIMITS.responseMs) throw new Refusal('expired_url');
    if (url.uses >= LIMITS.responseUses) throw new Refusal('used_url');
    url.uses += 1;
    return url;
  }
}
