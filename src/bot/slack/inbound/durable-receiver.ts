import type { App, Receiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { CosmosError } from '../../../core/errors.ts';
import type { TellConnection } from '../../../core/ports/chat.ts';
import type { Answer, Door, Handle } from './answer.ts';

/**
 * What bolt gets its events from. Bolt acknowledges an event before its listeners run; here that acknowledgement is only
 * noted, and sent when all listeners are done: after the event is durable. Where one of them throws, nothing is sent.
 */
export class DurableReceiver implements Receiver {
  readonly #door: Door;
  readonly #logger: Logger;
  readonly #tell: TellConnection | undefined;
  #app: App | undefined;

  constructor(door: Door, logger: Logger, tell?: TellConnection) {
    this.#door = door;
    this.#logger = logger;
    this.#tell = tell;
  }

  init(app: App): void {
    this.#app = app;
  }

  async start(): Promise<void> {
    await this.#door.open(this.#handle, this.#tell);
  }

  async stop(): Promise<void> {
    await this.#door.close();
  }

  readonly #handle: Handle = async (body) => {
    let payload: unknown;
    const ack = async (response?: unknown): Promise<void> => {
      payload = response;
    };
    try {
      await this.#app?.processEvent({ body, ack });
      return { state: 'acknowledged', ...(payload !== undefined && { payload }) } satisfies Answer;
    } catch (error) {
      this.#log(error);
      return { state: 'refused' };
    }
  };

  #log(error: unknown): void {
    const cause = rootOf(error);
    if (cause instanceof CosmosError && cause.retryable) {
      this.#logger.warn({ code: cause.code }, 'Slack event not saved; Slack sends it again');
    } else {
      this.#logger.error({ err: cause }, 'Slack event could not be handled');
    }
  }
}

/** Bolt wraps what its listeners throw. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const original = 'original' in error ? error.original : undefined;
  return original instanceof Error ? original : error;
}
