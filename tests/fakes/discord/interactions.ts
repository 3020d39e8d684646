import { randomBytes } from 'node:crypto';
import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from '../slack/json.ts';
import type { Application } from './application.ts';
import { LIMITS } from './limits.ts';
import type { Channel, Message, User } from './model.ts';
import { refuse } from './refusal.ts';
import type { Snowflakes } from './snowflakes.ts';

interface InteractionFacts {
  readonly app: Application;
  /** `INTERACTION_TYPES`. */
  readonly type: number;
  readonly user: User;
  readonly channel: Channel;
  /** The command's name, or the component's or modal's `custom_id`. */
  readonly name: string;
  /** `attachment_size_limit`, bytes. */
  readonly uploadBytes: number;
  /** The message with the component that was used. */
  readonly source: Message | undefined;
}

interface InteractionResponse {
  /** `RESPONSE_TYPES`. */
  readonly type: number;
  readonly data: JsonObject;
  /** After the interaction was sent, by the machine's clock, ms. */
  readonly latencyMs: number;
}

/** Somebody used a command, a button or a form, and waits for an answer. */
export interface Interaction extends InteractionFacts {
  readonly id: string;
  readonly token: string;
  readonly createdAt: UtcMs;
  /** By the machine's own timer, ms. */
  readonly sentAt: number;
  /** The first response, of which there is only one. */
  response: InteractionResponse | undefined;
  /** What `@original` names. */
  original: Message | undefined;
  /** Every message that answers it. */
  readonly messages: Message[];
}

/** All interactions since the start. */
export class Interactions {
  readonly all: Interaction[] = [];
  readonly #clock: Clock;
  readonly #ids: Snowflakes;

  constructor(clock: Clock, ids: Snowflakes) {
    this.#clock = clock;
    this.#ids = ids;
  }

  begin(facts: InteractionFacts): Interaction {
    const interaction = {
      ...facts,
      id: this.#ids.next(),
      token: randomBytes(66).toString('base64url'),
      createdAt: this.#clock.now(),
      sentAt: performance.now(),
      response: undefined,
      original: undefined,
      messages: [],
    };
    this.all.push(interaction);
    return interaction;
  }

  /** The one that may still be answered for the first time. Throws 10062 and 40060. */
  toAnswer(id: string, token: string): Interaction {
    const found = this.all.find((each) => each.id === id && each.token === token);
    if (!found) throw refuse.unknownInteraction();
    if (found.response) throw refuse.alreadyAcknowledged();
    if (this.hasLapsed(found)) throw refuse.unknownInteraction();
    return found;
  }

  /** The one whose token still works. Throws 10015 where it was never answered, 50027 after its time. */
  toFollow(applicationId: string, token: string): Interaction {
    const found = this.all.find((each) => each.token === token && each.app.id === applicationId);
    if (!found) throw refuse.unknownWebhook();
    if (this.#clock.now() - found.createdAt >= LIMITS.tokenMs) throw refuse.invalidToken();
    if (!found.response) throw refuse.unknownWebhook();
    return found;
  }

  /** True when nobody answered in time. */
  hasLapsed(interaction: Interaction): boolean {
    return !interaction.response && this.#clock.now() - interaction.createdAt >= LIMITS.responseMs;
  }
}
