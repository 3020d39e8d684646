import { GatewayDispatchEvents as Events, GatewayCloseCodes, type GatewayDispatchPayload } from 'discord.js';
import { isRetryable } from '../../../core/errors.ts';
import type { ChatConnection, TellConnection } from '../../../core/ports/chat.ts';
import { backoff } from '../../../core/runner/retry-policy.ts';
import { toChatError } from '../discord-errors.ts';
import { intentsFor } from '../inbound/application.ts';
import { askGateway, gatewayRest } from './ask-gateway.ts';
import { type FatalClose, fatalClose } from './fatal-closes.ts';
import { Gateway, type GatewayParts, GatewayRefused } from './gateway.ts';
import { StartThrottle } from './start-throttle.ts';

export interface ConnectionListener {
  /** Everything that Discord tells, READY and RESUMED included. */
  dispatch(payload: GatewayDispatchPayload): void;
  /** Nothing arrives until READY or RESUMED. */
  lost(): void;
  /** Whether messages may be read is not what it was. */
  mayRead(mayReadMessages: boolean): void;
  /** How it stands. */
  readonly tell: TellConnection;
}

/** Between two tries where Discord has closed for good what can still pass, ms: the first wait, and the longest. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 30 * 60_000;

/**
 * The connection of a bot, as long as it listens: one gateway after the other, where Discord gives up one of them.
 * Used once.
 */
export class Connection {
  readonly #parts: GatewayParts;
  readonly #listener: ConnectionListener;
  readonly #throttle: StartThrottle;
  readonly #closing = new AbortController();
  #gateway: Gateway | undefined;
  #mayRead = false;
  /** One at a time makes it anew. */
  #remaking: Promise<void> | undefined;

  constructor(parts: GatewayParts, listener: ConnectionListener) {
    this.#parts = parts;
    this.#listener = listener;
    const { token, apiUrl, clock, logger } = parts;
    this.#throttle = new StartThrottle({
      ...{ clock, logger },
      limit: async () =>
        (await askGateway(gatewayRest(token, apiUrl, this.#closing.signal))).session_start_limit,
    });
  }

  /**
   * Resolves when events arrive, or it is closed meanwhile; where the privileged intent is refused, without it. Throws
   * what `Gateway.open` does: then there is no connection, and none is tried.
   */
  async open(mayReadMessages: boolean): Promise<void> {
    this.#mayRead = mayReadMessages;
    try {
      await this.#connect();
    } catch (error) {
      // The switch was thrown since it was asked for.
      if (!(error instanceof GatewayRefused) || !this.#canDoWithout(error.close)) throw error;
      this.#mayRead = false;
      await this.#connect();
    }
    this.#listener.mayRead(this.#mayRead);
  }

  /** Nothing is dispatched afterwards; may be called twice. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the bot stops'));
    await this.#gateway?.close();
    await this.#remaking;
  }

  async #connect(): Promise<void> {
    await this.#gateway?.close();
    if (this.#closing.signal.aborted) return;
    const gateway = new Gateway(this.#parts, this.#throttle);
    this.#gateway = gateway;
    try {
      await gateway.open(intentsFor(this.#mayRead), {
        dispatch: (payload) => {
          if (payload.t === Events.Ready || payload.t === Events.Resumed) this.#tell({ state: 'connected' });
          this.#listener.dispatch(payload);
        },
        lost: () => {
          this.#listener.lost();
          this.#tell({ state: 'lost' });
        },
        refused: (close) => this.#remake(close),
        stuck: () => this.#remake(),
      });
    } catch (error) {
      // Whoever tries again makes another one: this one must not try beside it.
      await gateway.close();
      throw error;
    }
  }

  #remake(close?: FatalClose): void {
    this.#remaking ??= this.#untilOpen(close).finally(() => {
      this.#remaking = undefined;
    });
  }

  /** After what Discord may take back it is tried again, slowly; what somebody has to mend is said, once for each reason. */
  async #untilOpen(first: FatalClose | undefined): Promise<void> {
    const { clock, logger } = this.#parts;
    let close = first;
    let said: string | undefined;
    for (let tries = 0; !this.#closing.signal.aborted; tries++) {
      if (close !== undefined) {
        const words = `${close.detail}: ${close.advice}`;
        if (words !== said) logger.error(`Discord has closed the connection for good: ${words}`);
        said = words;
        if (this.#canDoWithout(close)) this.#mayRead = false;
        else {
          this.#tell({ state: 'refused', detail: words });
          if (!close.mayPass) return;
          await clock.sleep(slowly(tries), this.#closing.signal);
        }
      }
      try {
        await this.#connect();
        if (this.#closing.signal.aborted) return;
        this.#listener.mayRead(this.#mayRead);
        return;
      } catch (error) {
        const failure = toChatError(error);
        if (failure instanceof GatewayRefused) close = failure.close;
        else if (!isRetryable(failure.code)) close = fatalClose(GatewayCloseCodes.AuthenticationFailed);
        else {
          logger.warn({ err: failure, tries }, 'Discord cannot be reached yet');
          close = undefined;
          await clock.sleep(backoff(tries), this.#closing.signal);
        }
      }
    }
  }
  /** Whether the bot may come without what is refused. */
  #canDoWithout({ isIntentRefused }: FatalClose): boolean {
    return isIntentRefused && this.#mayRead;
  }

  #tell(connection: ChatConnection): void {
    if (!this.#closing.signal.aborted) this.#listener.tell(connection);
  }
}

function slowly(triesSoFar: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(triesSoFar, 16));
}
