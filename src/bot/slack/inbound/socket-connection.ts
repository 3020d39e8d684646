import type { Logger } from 'pino';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Secret } from '../../../core/ports/secret.ts';
import { withinMs } from '../../chat/within.ts';
import { slackLogger } from '../slack-logger.ts';
import type { Handle } from './answer.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { SocketClient } from './socket-client.ts';

/** How long a connection may take from asking for its address to Slack's greeting, ms. */
const OPEN_MS = 20_000;
/** How long Slack may take for that address, ms. */
const ADDRESS_MS = 10_000;
/** How often a connection is looked at: one that died without a word is closing, and not closed, for half a minute. */
const LOOK_MS = 5_000;
/** Parts of the life that Slack promises: a connection gets a successor before it, and is given back soon after it. */
const SUCCEEDED_AFTER = 0.8;
const GIVEN_BACK_AFTER = 1.05;
/** How long acknowledgements may take that are under way when a connection goes, ms. */
const DRAIN_MS = 2_000;
/** How long Slack may take to confirm the end, ms. */
const CLOSE_MS = 1_000;
/** How long Slack may take to answer a ping before the connection counts as dead, ms. */
const PING_MS = 5_000;

export interface SocketParts {
  readonly appToken: Secret;
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `PING_MS` unless a test says otherwise. */
  readonly pingMs?: number;
}

/** Why a connection needs a successor: Slack's reason, its age, or that it is gone. */
export type Ending = { readonly kind: 'asked'; readonly reason: string } | { readonly kind: 'aged' | 'lost' };

export type Opened =
  | { readonly ok: true; readonly connection: SocketConnection }
  | { readonly ok: false; readonly refusal: Refusal };

/** One socket to Slack, from its greeting to its end. */
export class SocketConnection {
  readonly #client: SocketClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #underWay = new Set<Promise<void>>();
  readonly #ending = Promise.withResolvers<Ending>();
  readonly #leaving = Promise.withResolvers<void>();
  readonly #over = new AbortController();
  #isClosing = false;

  private constructor(parts: SocketParts, handle: Handle) {
    const { appToken, apiUrl, clock, logger, pingMs = PING_MS } = parts;
    this.#clock = clock;
    this.#logger = logger;
    // What it calls an error is one try of many: whoever waits for the outcome says whether it is one.
    const quiet = (...words: readonly unknown[]): void =>
      logger.debug({ library: 'slack' }, words.map(String).join(' '));
    this.#client = new SocketClient(
      {
        appToken: appToken.reveal(),
        clientPingTimeout: pingMs,
        logger: { ...slackLogger(logger), info: quiet, warn: quiet, error: quiet },
        // An object of its own: the library writes into it.
        clientOptions: {
          slackApiUrl: apiUrl,
          timeout: ADDRESS_MS,
          retryConfig: { retries: 0 },
          rejectRateLimitedCalls: true,
        },
      },
      {
        greeted: (lifeMs) => {
          if (lifeMs !== undefined) void this.#age(lifeMs);
        },
        askedToLeave: (reason) => this.#end({ kind: 'asked', reason }),
        unreadable: (error) => logger.error({ err: error }, 'Slack sent something that cannot be read'),
      },
    );
    this.#client.on('slack_event', (envelope: Envelope) => this.#take(envelope, handle));
    this.#client.once('disconnected', () => this.#end({ kind: 'lost' }));
  }

  /** Resolves when Slack has greeted, or with why it did not; aborting counts as that. */
  static async open(parts: SocketParts, handle: Handle, signal: AbortSignal): Promise<Opened> {
    const connection = new SocketConnection(parts, handle);
    const refusal = await connection.#open(signal);
    if (refusal !== undefined) return { ok: false, refusal };
    void connection.#watch();
    return { ok: true, connection };
  }

  /** Events can arrive on it, and acknowledgements leave. */
  get isAlive(): boolean {
    return !this.#isClosing && this.#client.websocket?.isActive() === true;
  }

  /** Resolves when it needs a successor; it may still serve for long then. */
  get ending(): Promise<Ending> {
    return this.#ending.promise;
  }

  /** Resolves when Slack wants it back, has it, or should have wanted it. */
  get leaving(): Promise<void> {
    return this.#leaving.promise;
  }

  /** Aborts when nothing can arrive on it any more. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** What is under way is acknowledged first; resolves when the socket is closed. */
  async close(): Promise<void> {
    await withinMs(Promise.all(this.#underWay), DRAIN_MS, this.#clock);
    this.#isClosing = true;
    this.#end({ kind: 'lost' });
    const closed = this.#client.disconnect();
    await withinMs(closed, CLOSE_MS, this.#clock);
    // Said twice the library waits no longer for the other side.
    if (this.#client.websocket?.readyState !== undefined) void this.#client.disconnect();
  }

  async #open(signal: AbortSignal): Promise<Refusal | undefined> {
    const waiting = new AbortController();
    const given = AbortSignal.any([signal, waiting.signal]);
    const started = this.#client.start().then(
      () => undefined,
      (error: unknown) => refusalOf(error),
    );
    const late = this.#clock.sleep(OPEN_MS, given).then((): Refusal => ({ detail: 'no greeting in time' }));
    const refusal = await Promise.race([started, late]);
    waiting.abort();
    if (refusal !== undefined) this.#abandon(started);
    return refusal;
  }

  /** What still opens itself is closed: the library looks at the end of a connection only once that has begun. */
  #abandon(started: Promise<unknown>): void {
    this.#isClosing = true;
    this.#over.abort();
    const disconnect = (): void => void this.#client.disconnect();
    this.#client.once('connecting', () => queueMicrotask(disconnect));
    disconnect();
    void started.then(disconnect);
  }

  async #take({ ack, body }: Envelope, handle: Handle): Promise<void> {
    if (this.#isClosing) return;
    const taken = this.#answer({ ack, body }, handle).finally(() => this.#underWay.delete(taken));
    this.#underWay.add(taken);
    await taken;
  }

  async #answer({ ack, body }: Envelope, handle: Handle): Promise<void> {
    const answer = await handle(body);
    if (answer.state === 'refused') return;
    try {
      await ack(answer.payload);
    } catch (error) {
      this.#logger.info({ err: error }, 'a Slack connection closed before its acknowledgement');
    }
  }

  #end(ending: Ending): void {
    this.#ending.resolve(ending);
    if (ending.kind !== 'aged') this.#leaving.resolve();
    if (ending.kind === 'lost') this.#over.abort();
  }

  async #age(lifeMs: number): Promise<void> {
    await this.#clock.sleep(lifeMs * SUCCEEDED_AFTER, this.#over.signal);
    this.#end({ kind: 'aged' });
    await this.#clock.sleep(lifeMs * (GIVEN_BACK_AFTER - SUCCEEDED_AFTER), this.#over.signal);
    this.#leaving.resolve();
  }

  async #watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#clock.sleep(LOOK_MS, this.#over.signal);
      if (!this.isAlive) this.#end({ kind: 'lost' });
    }
  }
}

interface Envelope {
  readonly ack: (payload?: unknown) => Promise<void>;
  readonly body: Record<string, unknown>;
}
