import type { UtcMs } from '../../../core/ports/clock.ts';
import { backoff } from '../../../core/runner/retry-policy.ts';
import { withinMs } from '../../chat/within.ts';
import type { Handle } from './answer.ts';
import type { Refusal } from './refusal.ts';
import { type Ending, SocketConnection, type SocketParts } from './socket-connection.ts';

/** Longest wait between two tries, ms. */
const LONGEST_WAIT_MS = 30_000;
/** Wait before the next try where somebody has to mend something first, ms. */
const MENDED_MS = 60_000;
/** A connection that ended sooner counts as a try that failed, ms. */
const STABLE_MS = 10_000;
/** How long Slack may take to close what it wants back, ms; it speaks of ten seconds. */
const LEAVE_MS = 30_000;
/** What `close` waits for, ms. */
const STOP_MS = 4_000;

/** How a link stands. */
export interface LinkNews {
  connected(): void;
  /** A connection is gone; there may be another one. */
  gone(): void;
  /** Tried in vain; tried again by itself. */
  failed(refusal: Refusal): void;
}

/**
 * One lasting way to Slack: whenever its connection has to go a new one is opened first. The old one serves until Slack
 * itself closes it: what Slack sends while we close would be lost. What fails is tried again for as long as it takes.
 */
export class SocketLink {
  readonly #parts: SocketParts;
  readonly #handle: Handle;
  readonly #news: LinkNews;
  readonly #stopping = new AbortController();
  readonly #open = new Set<SocketConnection>();
  readonly #run: Promise<void>;

  constructor(parts: SocketParts, handle: Handle, news: LinkNews) {
    this.#parts = parts;
    this.#handle = async (body) =>
      this.#stopping.signal.aborted ? { state: 'refused' } : await handle(body);
    this.#news = news;
    this.#run = this.#connect();
  }

  get isConnected(): boolean {
    return [...this.#open].some((connection) => connection.isAlive);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    const closed = Promise.all([...this.#open].map((connection) => this.#close(connection)));
    await withinMs(Promise.all([this.#run, closed]), STOP_MS, this.#parts.clock);
  }

  async #connect(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    let triedAt: UtcMs = 0;
    while (!signal.aborted) {
      const { clock, logger } = this.#parts;
      const wait = triedAt + waitAfter(failures) - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      if (signal.aborted) return;
      triedAt = clock.now();
      const opened = await SocketConnection.open(this.#parts, this.#handle, signal);
      if (!opened.ok) {
        if (signal.aborted) return;
        failures += failures === 0 ? 2 : 1;
        this.#news.failed(opened.refusal);
        const { advice, retryAfterMs = 0 } = opened.refusal;
        await clock.sleep(Math.max(retryAfterMs, advice === undefined ? 0 : MENDED_MS), signal);
        continue;
      }
      this.#open.add(opened.connection);
      if (signal.aborted) return await this.#close(opened.connection);
      this.#news.connected();
      opened.connection.over.addEventListener('abort', () => this.#news.gone(), { once: true });
      void this.#retire(opened.connection);
      const ending = await opened.connection.ending;
      logger.debug({ ending }, 'Slack connection is replaced');
      const isStable = clock.now() - triedAt >= STABLE_MS;
      // Slack ends what is one too many: to open another at once would go round in circles.
      failures = (isStable ? 0 : failures + 1) + (isRefusal(ending) ? 1 : 0);
    }
  }

  /** Sees a connection off, in its time. */
  async #retire(connection: SocketConnection): Promise<void> {
    await connection.leaving;
    await this.#parts.clock.sleep(LEAVE_MS, connection.over);
    await this.#close(connection);
  }

  async #close(connection: SocketConnection): Promise<void> {
    await connection.close();
    this.#open.delete(connection);
  }
}

/** The first connection that ends early is replaced at once. */
function waitAfter(failures: number): number {
  return failures <= 1 ? 0 : Math.min(LONGEST_WAIT_MS, backoff(failures - 2));
}

function isRefusal(ending: Ending): boolean {
  return ending.kind === 'asked' && ['too_many_websockets', 'link_disabled'].includes(ending.reason);
}
