import {
  type OptionalWebSocketManagerOptions,
  type SessionInfo,
  WebSocketManager,
  WebSocketShardEvents,
} from '@discordjs/ws';
import type { GatewayDispatchPayload } from 'discord.js';
import type { Logger } from 'pino';
import { CosmosError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Secret } from '../../../core/ports/secret.ts';
import { backoff } from '../../../core/runner/retry-policy.ts';
import { withinMs } from '../../chat/within.ts';
import { networkDetail, toChatError, unavailable } from '../discord-errors.ts';
import { askGateway, gatewayRest } from './ask-gateway.ts';
import { type FatalClose, fatalClose } from './fatal-closes.ts';
import type { StartThrottle } from './start-throttle.ts';

export interface GatewayParts {
  readonly token: Secret;
  /** Base of the API, without its version. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface GatewayListener {
  /** Everything that Discord tells, READY and RESUMED included. */
  dispatch(payload: GatewayDispatchPayload): void;
  /** The connection is lost; READY or RESUMED tell when there is one again. */
  lost(): void;
  /** Discord has closed it for good after it was open. */
  refused(close: FatalClose): void;
  /** It looks alive, and Discord says nothing: only another one can help. */
  stuck(): void;
}

/** Longest wait for a part of the opening before the connection is made anew, ms. */
const STEP_MS = 20_000;
/** What a stop waits for a connection that is being made, and for Discord to say good-bye, ms. */
const CLOSE_MS = 1_000;
/** Longest wait between two tries at a gateway that is away, ms. */
const LONGEST_WAIT_MS = 30_000;
/** Connections that fail one after the other before it is said that something is wrong. */
const TELLING_BREAKS = 5;

/**
 * One connection to Discord's gateway: the library heartbeats, resumes and reconnects by itself; what it cannot know is
 * here. Used once.
 */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #throttle: StartThrottle;
  readonly #closing = new AbortController();
  #manager: WebSocketManager | undefined;
  #session: SessionInfo | null = null;
  /** From a break, or the beginning, to the first word of Discord. */
  #isAway = true;
  /** Discord has said something over the present connection, or the last one where there is none. */
  #wasHeard = false;
  /** A socket is being opened. */
  #isMaking = false;
  /** Connections that have failed since the last one that worked. */
  #breaks = 0;

  constructor(parts: GatewayParts, throttle: StartThrottle) {
    this.#parts = parts;
    this.#throttle = throttle;
  }

  /**
   * Resolves when events arrive, or it is closed meanwhile. Throws `chat.unavailable` where the first connection cannot
   * be made, `chat.token_refused` where Discord does not want the token, and a `GatewayRefused` after a fatal close.
   */
  async open(intents: number, listener: GatewayListener): Promise<void> {
    const { token, apiUrl, logger } = this.#parts;
    const closed = this.#closing.signal;
    const rest = gatewayRest(token, apiUrl, closed);
    // Asked here first: what the library throws for it says less, and it gives up where no session is left.
    await this.#throttle.waitForAnyLeft((await askGateway(rest)).session_start_limit, closed);
    if (closed.aborted) return;
    const manager = new WebSocketManager({
      ...{ token: token.reveal(), intents, rest, shardCount: 1, compression: null },
      ...{ handshakeTimeout: STEP_MS, helloTimeout: STEP_MS, readyTimeout: STEP_MS },
      buildIdentifyThrottler: () => this.#throttle,
      ...this.#sessionKeeping(),
    });
    this.#manager = manager;
    const opening = Promise.withResolvers<void>();
    let isOpen = false;
    const failed = (detail: string, cause?: unknown): void => {
      if (!isOpen) opening.reject(unavailable(detail, cause));
    };
    manager.on(WebSocketShardEvents.Hello, () => {
      this.#isAway = false;
      this.#isMaking = false;
      this.#wasHeard = true;
      if (this.#session !== null) void this.#watchResume(manager, listener);
    });
    manager.on(WebSocketShardEvents.Dispatch, ({ data }) => listener.dispatch(data));
    manager.on(WebSocketShardEvents.Ready, () => {
      isOpen = true;
      this.#breaks = 0;
      opening.resolve();
    });
    manager.on(WebSocketShardEvents.Resumed, () => {
      this.#breaks = 0;
    });
    manager.on(WebSocketShardEvents.Error, ({ error }) => {
      const level = this.#breaks > 1 ? 'debug' : 'warn';
      logger[level]({ err: error }, 'the connection to Discord is troubled');
    });
    manager.on(WebSocketShardEvents.Closed, ({ code }) => {
      this.#isAway = true;
      this.#isMaking = false;
      listener.lost();
      const fatal = fatalClose(code);
      if (fatal === undefined) {
        this.#broken(code);
        // Whoever was heard lets it begin anew when it may: an INVALID_SESSION is no failure.
        if (!this.#wasHeard) failed(`closed with ${code}`);
        return;
      }
      if (isOpen) listener.refused(fatal);
      else opening.reject(new GatewayRefused(fatal));
    });
    closed.addEventListener('abort', () => opening.resolve(), { once: true });
    // What it rejects with after a close, the close has told better.
    manager.connect().catch((error: unknown) => {
      failed(detailOf(error), error);
      logger.debug({ err: error }, 'the first connection to Discord failed');
    });
    await opening.promise;
  }

  /** Nothing is dispatched afterwards; may be called twice. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the bot stops'));
    const manager = this.#manager;
    this.#manager = undefined;
    if (manager === undefined) return;
    // The library does not end a connection that is being made, and would leave it open for ever.
    if (this.#isMaking) await this.#firstWord(manager);
    manager.removeAllListeners();
    // Without a listener an error would be thrown where nobody catches it.
    manager.on(WebSocketShardEvents.Error, () => undefined);
    // On a dead line nobody answers the good-bye, and the library waits for that half a minute.
    const ended = Promise.resolve(manager.destroy({ code: 1000, reason: 'the bot stops' }));
    await withinMs(ended, CLOSE_MS, this.#parts.clock);
  }

  #broken(code: number): void {
    this.#breaks += 1;
    const { logger } = this.#parts;
    if (this.#breaks === TELLING_BREAKS)
      logger.warn({ code, tries: this.#breaks }, 'Discord cannot be reached: it is tried again and again');
    else if (this.#breaks === 1)
      logger.info({ code }, 'the connection to Discord is closed: a new one is made');
    else logger.debug({ code, tries: this.#breaks }, 'the connection to Discord could not be made');
  }

  /** Resolves when Discord has said something, or the connection has failed, or it takes too long. */
  async #firstWord(manager: WebSocketManager): Promise<void> {
    const heard = new AbortController();
    for (const event of [WebSocketShardEvents.Hello, WebSocketShardEvents.Closed, WebSocketShardEvents.Error])
      manager.once(event, () => heard.abort());
    await this.#parts.clock.sleep(CLOSE_MS, heard.signal);
  }

  /** The library waits for an answer to RESUME for ever. */
  async #watchResume(manager: WebSocketManager, listener: GatewayListener): Promise<void> {
    const answered = new AbortController();
    const { Resumed, Ready, Closed } = WebSocketShardEvents;
    for (const event of [Resumed, Ready, Closed]) manager.once(event, () => answered.abort());
    await this.#parts.clock.sleep(STEP_MS, AbortSignal.any([answered.signal, this.#closing.signal]));
    if (answered.signal.aborted || this.#closing.signal.aborted) return;
    this.#parts.logger.warn('Discord does not say whether it goes on where it was: a new session is started');
    listener.stuck();
  }

  /** The session in memory, so that a broken connection is resumed; after the closing there is nothing to come back to. */
  #sessionKeeping(): Pick<OptionalWebSocketManagerOptions, 'retrieveSessionInfo' | 'updateSessionInfo'> {
    return {
      // The library asks before it connects, and tries half a second after each break, whatever happened meanwhile.
      retrieveSessionInfo: async () => {
        if (this.#isAway) await this.#pause();
        if (this.#closing.signal.aborted) return await new Promise<never>(() => undefined);
        if (this.#isAway) {
          this.#isMaking = true;
          this.#wasHeard = false;
        }
        return this.#session;
      },
      updateSessionInfo: (_shard, next) => {
        // The library forgets it where the network is away: only Discord knows whether it has ended.
        if (next !== null || this.#wasHeard) this.#session = next;
      },
    };
  }

  /** The first try after a break is made at once, the later ones wait. */
  async #pause(): Promise<void> {
    if (this.#breaks < 2) return;
    const waitMs = Math.min(LONGEST_WAIT_MS, backoff(this.#breaks - 2));
    await this.#parts.clock.sleep(waitMs, this.#closing.signal);
  }
}

/** A fatal close while it was opened. */
export class GatewayRefused extends CosmosError {
  readonly close: FatalClose;

  constructor(close: FatalClose) {
    const detail = `${close.detail}: ${close.advice}`;
    super('chat.token_refused', { platform: 'Discord', detail });
    this.close = close;
  }
}

/** The library wraps what its connections fail with. */
function detailOf(error: unknown): string {
  const { detail } = toChatError(error).parameters;
  return typeof detail === 'string' ? detail : networkDetail(error);
}
