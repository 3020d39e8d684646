import {
  type OptionalWebSocketManagerOptions,
  type SessionInfo,
  WebSocketManager,
  WebSocketShardEvents,
} from '@discordjs/ws';
import {
  type APIGatewayBotInfo,
  type GatewayDispatchPayload,
  REST,
  type ResponseLike,
  Routes,
} from 'discord.js';
import type { Logger } from 'pino';
import { CosmosError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Secret } from '../../../core/ports/secret.ts';
import { toChatError, unavailable } from '../discord-errors.ts';
import { fetchWhole } from '../fetch-whole.ts';
import { fatalAdvice, isIntentRefused } from './fatal-closes.ts';
import { StartThrottle } from './start-throttle.ts';

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
  refused(refusal: GatewayRefusal): void;
}

/** Discord does not want the bot as it came. */
export interface GatewayRefusal {
  readonly closeCode: number;
  /** What somebody has to do. */
  readonly advice: string;
  /** Without the privileged intent it may come. */
  readonly isIntentRefused: boolean;
}

/** Longest wait for a part of the opening before the connection is made anew, ms. */
const STEP_MS = 20_000;
/** What a stop waits for a connection that is being made, ms. */
const CLOSE_MS = 1_000;

/**
 * One connection to Discord's gateway: the library heartbeats, resumes and reconnects by itself; what it cannot know is
 * here. Used once.
 */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #closing = new AbortController();
  #manager: WebSocketManager | undefined;
  /** From a break, or the beginning, to the first word of Discord. */
  #isConnecting = true;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when events arrive, or it is closed meanwhile. Throws `chat.unavailable` where Discord cannot be asked for
   * the gateway, `chat.token_refused` where it does not want the token, and a `GatewayRefused` after a fatal close.
   */
  async open(intents: number, listener: GatewayListener): Promise<void> {
    const { token, clock, logger } = this.#parts;
    const closed = this.#closing.signal;
    const rest = this.#rest();
    const ask = async (): Promise<APIGatewayBotInfo> => await gatewayInfo(rest);
    // Asked here first: what the library throws for it says less.
    await ask();
    if (closed.aborted) return;
    const throttle = new StartThrottle({
      ...{ clock, logger },
      limit: async () => (await ask()).session_start_limit,
    });
    const manager = new WebSocketManager({
      ...{ token: token.reveal(), intents, rest, shardCount: 1, compression: null },
      ...{ handshakeTimeout: STEP_MS, helloTimeout: STEP_MS, readyTimeout: STEP_MS },
      buildIdentifyThrottler: () => throttle,
      ...this.#session(),
    });
    this.#manager = manager;
    const opening = Promise.withResolvers<void>();
    let isOpen = false;
    manager.on(WebSocketShardEvents.Hello, () => {
      this.#isConnecting = false;
    });
    manager.on(WebSocketShardEvents.Dispatch, ({ data }) => listener.dispatch(data));
    manager.on(WebSocketShardEvents.Ready, () => {
      isOpen = true;
      opening.resolve();
    });
    manager.on(WebSocketShardEvents.Error, ({ error }) => {
      logger.warn({ err: error }, 'the connection to Discord is troubled');
    });
    manager.on(WebSocketShardEvents.Closed, ({ code }) => {
      this.#isConnecting = true;
      listener.lost();
      const advice = fatalAdvice(code);
      if (advice === undefined) {
        logger.info({ code }, 'the connection to Discord is closed: a new one is made');
        return;
      }
      this.#isConnecting = false;
      const refusal = { closeCode: code, advice, isIntentRefused: isIntentRefused(code) };
      if (isOpen) listener.refused(refusal);
      else opening.reject(new GatewayRefused(refusal));
    });
    closed.addEventListener('abort', () => opening.resolve(), { once: true });
    // It rejects with what `Closed` and `Error` tell as well, and stays pending while the network is away.
    manager.connect().catch((error: unknown) => {
      if (!isOpen) logger.debug({ err: error }, 'the first connection to Discord failed');
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
    if (this.#isConnecting) await this.#firstWord(manager);
    manager.removeAllListeners();
    // Without a listener an error would be thrown where nobody catches it.
    manager.on(WebSocketShardEvents.Error, () => undefined);
    await manager.destroy({ code: 1000, reason: 'the bot stops' });
  }

  /** Resolves when Discord has said something, or the connection has failed, or it takes too long. */
  async #firstWord(manager: WebSocketManager): Promise<void> {
    const heard = new AbortController();
    for (const event of [WebSocketShardEvents.Hello, WebSocketShardEvents.Closed, WebSocketShardEvents.Error])
      manager.once(event, () => heard.abort());
    await this.#parts.clock.sleep(CLOSE_MS, heard.signal);
  }

  /** The session in memory, so that a broken connection is resumed; after the closing there is nothing to come back to. */
  #session(): Pick<OptionalWebSocketManagerOptions, 'retrieveSessionInfo' | 'updateSessionInfo'> {
    let session: SessionInfo | null = null;
    return {
      // The library tries again half a second after a break, whatever was destroyed meanwhile.
      retrieveSessionInfo: async () =>
        this.#closing.signal.aborted ? await new Promise<never>(() => undefined) : session,
      updateSessionInfo: (_shard, next) => {
        session = next;
      },
    };
  }

  /** For the one call that the library makes. */
  #rest(): REST {
    const { token, apiUrl } = this.#parts;
    return new REST({
      api: apiUrl.replace(/\/+$/, ''),
      ...{ hashSweepInterval: 0, handlerSweepInterval: 0 },
      makeRequest: async (url, init): Promise<ResponseLike> =>
        await fetchWhole(url, init, token, this.#closing.signal),
    }).setToken(token.reveal());
  }
}

/** A fatal close while it was opened. */
export class GatewayRefused extends CosmosError {
  readonly refusal: GatewayRefusal;

  constructor(refusal: GatewayRefusal) {
    super('chat.token_refused', { platform: 'Discord', detail: refusal.advice });
    this.refusal = refusal;
  }
}

async function gatewayInfo(rest: REST): Promise<APIGatewayBotInfo> {
  try {
    const answer = await rest.get(Routes.gatewayBot(), { auth: false });
    if (!isInfo(answer)) throw unavailable('unreadable answer');
    return answer;
  } catch (error) {
    throw toChatError(error);
  }
}

function isInfo(answer: unknown): answer is APIGatewayBotInfo {
  return typeof answer === 'object' && answer !== null && 'url' in answer && 'session_start_limit' in answer;
}
