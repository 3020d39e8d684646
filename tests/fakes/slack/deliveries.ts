import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { App } from './app.ts';
import type { Changes } from './changes.ts';
import type { Attempt, AttemptOutcome, Delivery, DeliveryKind } from './envelope.ts';
import { type JsonObject, objectAt, stringAt } from './json.ts';
import { LIMITS, RETRY_DELAYS_MS } from './limits.ts';
import { type SigningFault, signedPost } from './signed-post.ts';
import type { SocketServer } from './socket-server.ts';

interface Services {
  readonly clock: Clock;
  readonly changes: Changes;
  readonly sockets: SocketServer;
  readonly stopped: AbortSignal;
}

/** Which deliveries an order is about; all where nothing is said. */
export interface DeliveryFilter {
  readonly kind?: DeliveryKind;
  /** An event's type, or a payload's: `message`, `block_actions`, … */
  readonly type?: string;
}

/** Everything that Slack tells the apps: one attempt for what people wait for, up to four for events. */
export class Deliveries {
  readonly all: Delivery[] = [];
  /** Set: requests in HTTP mode are signed wrongly. */
  signingFault: SigningFault | undefined;
  readonly #services: Services;
  readonly #duplicates: { readonly filter: DeliveryFilter; left: number }[] = [];
  readonly #holds = new Set<{ readonly filter: DeliveryFilter; readonly release: Promise<void> }>();
  /** End the present wait of each delivery that waits for an acknowledgement or for its next attempt. */
  readonly #waits = new Map<AbortController, Delivery>();
  /** Waits of these end at once, until their next attempt begins. */
  readonly #hurried = new Set<Delivery>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Sends in the background; the delivery says how it went. */
  send(app: App, kind: DeliveryKind, payload: JsonObject): Delivery {
    const delivery = this.#make(app, kind, payload);
    void this.#run(delivery);
    return delivery;
  }

  /** Sends something that a person waits for, and resolves with how its only attempt ended. */
  async ask(
    app: App,
    kind: DeliveryKind,
    payload: JsonObject,
  ): Promise<{ delivery: Delivery; attempt: Attempt }> {
    const delivery = this.send(app, kind, payload);
    const attempt = await this.#services.changes.until(() => {
      const first = delivery.attempts[0];
      return first?.outcome && first;
    });
    return { delivery, attempt };
  }

  /** The next deliveries that fit arrive twice, with the same content. */
  duplicate(filter: DeliveryFilter = {}, times = 1): void {
    this.#duplicates.push({ filter, left: times });
  }

  /** Deliveries that fit wait from now on; the function that is returned lets them go, in their order. */
  hold(filter: DeliveryFilter = {}): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const hold = { filter, release: promise };
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
      resolve();
    };
  }

  /**
   * As if the time had come: what is not acknowledged counts as overdue. Resolves when every such event has begun
   * its next attempt, or was given up.
   */
  async retryNow(): Promise<void> {
    const pending = this.all.filter((each) => each.state === 'pending');
    const counts = pending.map((each) => each.attempts.length);
    for (const delivery of pending) this.#hurried.add(delivery);
    for (const [wait, delivery] of [...this.#waits]) if (this.#hurried.has(delivery)) wait.abort();
    await this.#services.changes.until(() =>
      pending.every((each, index) => each.state !== 'pending' || each.attempts.length > (counts[index] ?? 0)),
    );
  }

  /** Sends an event again that was acknowledged long ago, with the same `event_id`. */
  repeat(delivery: Delivery): Delivery {
    return this.send(delivery.app, delivery.kind, delivery.payload);
  }

  /** Resolves when nothing is on its way: all acknowledged or given up. Held ones do not count. */
  async settled(): Promise<void> {
    await this.#services.changes.until(() => this.all.every((each) => each.state !== 'pending'));
  }

  of(filter: DeliveryFilter): readonly Delivery[] {
    return this.all.filter((each) => fits(filter, each));
  }

  #make(app: App, kind: DeliveryKind, payload: JsonObject): Delivery {
    const type = stringAt(objectAt(payload, 'event'), 'type') ?? stringAt(payload, 'type') ?? kind;
    const delivery: Delivery = { kind, app, payload, type, attempts: [], state: 'pending', ack: undefined };
    this.all.push(delivery);
    return delivery;
  }

  async #run(delivery: Delivery): Promise<void> {
    const hold = [...this.#holds].find(({ filter }) => fits(filter, delivery));
    if (hold) {
      delivery.state = 'held';
      await hold.release;
      delivery.state = 'pending';
    }
    const duplicate = this.#duplicates.find((each) => each.left > 0 && fits(each.filter, delivery));
    if (duplicate) {
      duplicate.left -= 1;
      void this.#run(this.#make(delivery.app, delivery.kind, delivery.payload));
    }
    await this.#attempts(delivery);
    if (delivery.state === 'pending') delivery.state = 'given_up';
    this.#hurried.delete(delivery);
    this.#services.changes.announce();
  }

  async #attempts(delivery: Delivery): Promise<void> {
    let last = await this.#attempt(delivery, undefined);
    if (delivery.kind !== 'events_api') return;
    for (const delay of RETRY_DELAYS_MS) {
      if (last.kind === 'acked' || (last.kind === 'http_error' && last.noRetry)) return;
      await this.#waitFor(delivery, delay);
      if (this.#services.stopped.aborted) return;
      last = await this.#attempt(delivery, reasonOf(last));
    }
  }

  async #attempt(delivery: Delivery, reason: string | undefined): Promise<AttemptOutcome> {
    const attempt: Attempt = {
      number: delivery.attempts.length,
      at: this.#services.clock.now(),
      connection: undefined,
      latencyMs: undefined,
      outcome: undefined,
    };
    delivery.attempts.push(attempt);
    this.#hurried.delete(delivery);
    this.#services.changes.announce();
    const began = performance.now();
    const overdue = new AbortController();
    const answered = delivery.app.requestUrls
      ? signedPost(delivery, {
          ...(reason === undefined ? {} : { retry: { number: attempt.number, reason } }),
          fault: this.signingFault,
          signal: overdue.signal,
        })
      : this.#overSocket(delivery, attempt, reason);
    const done = new AbortController();
    const timedOut = this.#waitFor(delivery, LIMITS.ackMs, done.signal).then(
      (): AttemptOutcome => ({ kind: 'timed_out' }),
    );
    const outcome = await Promise.race([answered, timedOut]);
    done.abort();
    overdue.abort();
    attempt.outcome = outcome;
    if (outcome.kind === 'acked') {
      attempt.latencyMs = performance.now() - began;
      delivery.state = 'acked';
      delivery.ack = outcome.payload;
    }
    this.#services.changes.announce();
    return outcome;
  }

  async #overSocket(
    delivery: Delivery,
    attempt: Attempt,
    reason: string | undefined,
  ): Promise<AttemptOutcome> {
    const connection = this.#services.sockets.next(delivery.app);
    if (!connection) return { kind: 'no_connection' };
    attempt.connection = connection.number;
    const events = delivery.kind === 'events_api';
    const envelope = {
      envelope_id: randomUUID(),
      payload: delivery.payload,
      type: delivery.kind === 'options' ? 'interactive' : delivery.kind,
      accepts_response_payload: !events,
      ...(events ? { retry_attempt: attempt.number, retry_reason: reason ?? '' } : {}),
    };
    return await this.#services.sockets.send(connection, envelope, delivery.kind);
  }

  /** Waits by the clock; `retryNow`, the end of the fake and `done` cut it short. */
  async #waitFor(delivery: Delivery, ms: number, done?: AbortSignal): Promise<void> {
    if (this.#hurried.has(delivery)) return;
    const end = new AbortController();
    this.#waits.set(end, delivery);
    const signals = [end.signal, this.#services.stopped, ...(done ? [done] : [])];
    await this.#services.clock.sleep(ms, AbortSignal.any(signals));
    this.#waits.delete(end);
  }
}

function fits(filter: DeliveryFilter, delivery: Delivery): boolean {
  return (filter.kind ?? delivery.kind) === delivery.kind && (filter.type ?? delivery.type) === delivery.type;
}

function reasonOf(outcome: AttemptOutcome): string {
  switch (outcome.kind) {
    case 'timed_out':
      return 'http_timeout';
    case 'http_error':
      return 'http_error';
    default:
      return 'connection_failed';
  }
}
