import type { Logger } from 'pino';
import { type CosmosError, isRetryable, toCosmosError } from '../../core/errors.ts';
import type { ChatConnection, TellConnection } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ChatConnectionStore } from '../../core/store/chat-connections.ts';

export interface NotedChat {
  /** Name of its section in the configuration. */
  readonly where: string;
  readonly connections: Pick<ChatConnectionStore, 'set'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Notes how a chat stands, so that `status` shows it in every process. Never throws: whoever tells it has something
 * else to do, and what cannot be noted is only shown too late.
 */
export function connectionNote({ where, connections, clock, logger }: NotedChat): TellConnection {
  let last: ChatConnection | undefined;
  return (connection) => {
    const { state, detail } = connection;
    if (last?.state === state && last.detail === detail) return;
    try {
      connections.set(where, connection, clock.now());
      last = connection;
    } catch (error) {
      logger.warn({ chat: where, err: toCosmosError(error) }, 'how a chat stands could not be noted');
    }
  };
}

/** How a chat stands that could not be started, or not yet. */
export function afterFailure(failure: CosmosError): ChatConnection {
  const { detail } = failure.parameters;
  return {
    state: isRetryable(failure.code) ? 'lost' : 'refused',
    detail: typeof detail === 'string' ? detail : failure.code,
  };
}
