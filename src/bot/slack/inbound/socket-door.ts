import type { Logger } from 'pino';
import { CosmosError } from '../../../core/errors.ts';
import type { TellConnection } from '../../../core/ports/chat.ts';
import { withinMs } from '../../chat/within.ts';
import type { Door, Handle } from './answer.ts';
import type { Refusal } from './refusal.ts';
import type { SocketParts } from './socket-connection.ts';
import { type LinkNews, SocketLink } from './socket-link.ts';

/** Slack sends each event to any one connection of an app, ten at most: while one is replaced the other serves. */
const LINKS = 2;
/** How long a start waits for Slack before it leaves the rest to the links, ms. */
const START_MS = 15_000;
/** Without a connection for so long, it is said, ms. */
const SILENT_MS = 60_000;

/** Socket Mode: nothing has to reach us from outside. */
export class SocketDoor implements Door {
  readonly #parts: SocketParts;
  readonly #logger: Logger;
  readonly #links: SocketLink[] = [];
  readonly #closing = new AbortController();
  /** How the first try ended; nothing where it did not, and is waited for no longer. */
  readonly #first = Promise.withResolvers<Refusal | undefined>();
  /** What was said last of why there is no connection: said once. */
  #said: string | undefined;

  constructor(parts: SocketParts) {
    this.#parts = parts;
    this.#logger = parts.logger;
  }

  get connections(): number {
    return this.#links.filter((link) => link.isConnected).length;
  }

  async open(handle: Handle, tell: TellConnection = () => undefined): Promise<void> {
    const first = this.#first;
    const news: LinkNews = {
      connected: () => {
        first.resolve(undefined);
        this.#connected();
        tell({ state: 'connected' });
      },
      gone: () => {
        if (this.connections === 0 && !this.#closing.signal.aborted) tell({ state: 'lost' });
      },
      failed: (refusal) => {
        if (refusal.advice !== undefined) first.resolve(refusal);
        this.#failed(refusal);
        if (this.connections === 0) tell({ state: 'lost', detail: wordsOf(refusal) });
      },
    };
    this.#links.push(new SocketLink(this.#parts, handle, news));
    let refused: Refusal | undefined;
    await withinMs(
      first.promise.then((refusal) => {
        refused = refusal;
      }),
      START_MS,
      this.#parts.clock,
    );
    if (this.#closing.signal.aborted) return;
    if (refused !== undefined) {
      await this.close();
      throw new CosmosError('chat.token_refused', { platform: 'Slack', detail: wordsOf(refused) });
    }
    while (this.#links.length < LINKS) this.#links.push(new SocketLink(this.#parts, handle, news));
    void this.#watch();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#first.resolve(undefined);
    await Promise.all(this.#links.map((link) => link.close()));
  }

  #connected(): void {
    if (this.#said !== undefined) this.#logger.info('Slack is connected again');
    this.#said = undefined;
  }

  #failed({ detail, advice }: Refusal): void {
    if (this.#said === detail) return;
    this.#said = detail;
    if (advice === undefined) this.#logger.warn({ detail }, 'Slack cannot be reached; tried again');
    else this.#logger.error({ detail }, `Slack refuses the connection: ${advice}`);
  }

  /** The links come back by themselves; somebody should know that they are away. */
  async #watch(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#closing;
    let awayMs = 0;
    while (!signal.aborted) {
      await clock.sleep(SILENT_MS / 4, signal);
      awayMs = this.connections === 0 ? awayMs + SILENT_MS / 4 : 0;
      if (awayMs !== SILENT_MS || signal.aborted) continue;
      this.#logger.error(
        { seconds: SILENT_MS / 1_000 },
        'no connection to Slack: commands fail until it is back',
      );
    }
  }
}

function wordsOf({ detail, advice }: Refusal): string {
  return advice === undefined ? detail : `${detail}; ${advice}`;
}
