import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { ChatUser } from '../../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../../core/ports/clock.ts';
import type { Random } from '../../../core/ports/random.ts';
import { Waiter, type Wakeup } from '../../../core/wakeup.ts';
import { cardHash } from '../../chat/card-hash.ts';
import { withinMs } from '../../chat/within.ts';
import type { SlackClients } from '../clients.ts';
import { place } from '../inbound/place.ts';
import { slackCode, waitAskedFor } from '../slack-errors.ts';
import type { InteractiveSession } from '../slack-interactive.ts';
import { hashOf, homeView } from './home-view.ts';

/** How long after it was opened a page is kept up to date: Slack does not say when it is left, ms. */
const WATCHED_MS = 60 * 60_000;
/** Pages that are kept up to date: those that were opened last. */
const MAXIMUM_PAGES = 200;
/** How long a page waits for who its owner is, ms: their name, and what they may do, hang on it. */
const ASK_MS = 2_000;
/** What a stop waits for a call that is under way, ms. */
const STOP_MS = 1_000;

/** How often pages are shown anew. */
export interface HomeTimes {
  /** Between two versions of one page, ms. */
  readonly pageIntervalMs: number;
  /** Between two versions of any pages, ms: Slack takes 100 a minute in a workspace. */
  readonly intervalMs: number;
}

const HOME_TIMES: HomeTimes = { pageIntervalMs: 10_000, intervalMs: 1_000 };

export interface HomePagesParts {
  readonly clients: Pick<SlackClients, 'interactive'>;
  /** Who somebody is, as `ChatPort.person`. */
  readonly person: (user: ChatUser) => Promise<ChatUser>;
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: HomeTimes;
}

interface Page {
  readonly user: string;
  readonly channel: string;
  readonly openedAt: UtcMs;
  /** It is known whose it is, or was waited for long enough. */
  isWelcome: boolean;
  /** Just opened: shown at once, whatever it shows already. */
  isOpened: boolean;
  /** Something may have changed since it was looked at. */
  isStale: boolean;
  /** When it was looked at last. */
  lookedAt: UtcMs;
  /** `cardHash` of what it shows. */
  shown?: string;
  /** Slack's hash of its present version. */
  hash?: string | undefined;
}

/**
 * The pages of one's own: shown when they are opened, and kept up to date for a while after that. In memory only: after
 * a restart a page stays as it is until it is opened again.
 */
export class HomePages {
  readonly #parts: HomePagesParts;
  readonly #times: HomeTimes;
  readonly #session: InteractiveSession;
  readonly #pages = new Map<string, Page>();
  readonly #waiter = new Waiter();
  readonly #stopping = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #run: Promise<void>;
  /** No page is shown anew before; a page that was just opened does not wait for others. */
  #nextAt: UtcMs = 0;
  /** Slack wants to be asked later. */
  #pausedUntil: UtcMs = 0;

  constructor(parts: HomePagesParts, session: InteractiveSession) {
    this.#parts = parts;
    this.#times = parts.times ?? HOME_TIMES;
    this.#session = session;
    this.#unsubscribe = parts.wakeup.subscribe(() => {
      for (const page of this.#pages.values()) page.isStale = true;
      if (this.#pages.size > 0) this.#waiter.wake();
    });
    this.#run = this.#loop(this.#stopping.signal);
  }

  /** Somebody has opened their page; `view` is what it shows now. Returns at once. */
  opened(user: string, channel: string, view: unknown): void {
    this.#pages.delete(user);
    const hash = hashOf(view);
    const page: Page = {
      ...{ user, channel, hash, openedAt: this.#parts.clock.now() },
      ...{ isWelcome: false, isOpened: true, isStale: true, lookedAt: 0 },
    };
    this.#pages.set(user, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MAXIMUM_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    void this.#welcome(page);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopping.abort();
    await withinMs(this.#run, STOP_MS, this.#parts.clock);
  }

  /** Shows the page as soon as it is known whose it is; where Slack is slow, before that, and again after it. */
  async #welcome(page: Page): Promise<void> {
    const { person, clock, logger } = this.#parts;
    const asked = person(this.#session.around.user(page.user)).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted)
        logger.warn({ err: toCosmosError(error) }, 'it is not known whose page it is');
    });
    for (const known of [withinMs(asked, ASK_MS, clock), asked]) {
      await known;
      page.isWelcome = true;
      page.isStale = true;
      this.#waiter.wake();
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { page, waitMs } = this.#next();
      if (page === undefined || waitMs > 0) await this.#waiter.wait(waitMs, signal);
      else await this.#show(page);
    }
  }

  /** The page that has waited longest, and how long until its turn; none where all show what there is. */
  #next(): { readonly page?: Page; readonly waitMs: number } {
    const now = this.#parts.clock.now();
    let best: { readonly page?: Page; readonly waitMs: number } = { waitMs: Number.POSITIVE_INFINITY };
    for (const page of this.#pages.values()) {
      if (now - page.openedAt > WATCHED_MS) this.#pages.delete(page.user);
      else if (page.isStale && page.isWelcome) {
        const turn = page.isOpened ? 0 : Math.max(this.#nextAt, page.lookedAt + this.#times.pageIntervalMs);
        const waitMs = Math.max(0, Math.max(turn, this.#pausedUntil) - now);
        if (waitMs < best.waitMs || (waitMs === best.waitMs && page.lookedAt < (best.page?.lookedAt ?? 0)))
          best = { page, waitMs };
      }
    }
    return best;
  }

  async #show(page: Page): Promise<void> {
    const { clock, logger, random } = this.#parts;
    const { surfaces, around } = this.#session;
    page.isStale = false;
    page.isOpened = false;
    page.lookedAt = clock.now();
    try {
      const card = surfaces.home(around.user(page.user), place(around, page.channel));
      const shown = cardHash(card);
      if (shown !== page.shown) {
        this.#nextAt = clock.now() + this.#times.intervalMs;
        const nonce = Buffer.from(random.bytes(4)).toString('hex');
        await this.#publish(page, homeView(card, page.channel, nonce));
        page.shown = shown;
      }
    } catch (error) {
      const wait = waitAskedFor(error);
      if (wait !== undefined) this.#pausedUntil = clock.now() + wait;
      // It is tried again in its next turn; an app without such pages is left alone.
      page.isStale = true;
      if (slackCode(error) === 'not_enabled') this.#pages.delete(page.user);
      if (!this.#stopping.signal.aborted)
        logger.warn({ err: toCosmosError(error) }, 'a page could not be shown');
    }
  }

  async #publish(page: Page, view: ReturnType<typeof homeView>): Promise<void> {
    const { interactive } = this.#parts.clients;
    const publish = async (hash: string | undefined) =>
      await interactive.views.publish({ user_id: page.user, view, ...(hash !== undefined && { hash }) });
    let answer: Awaited<ReturnType<typeof publish>>;
    try {
      answer = await publish(page.hash);
    } catch (error) {
      // Another version than ours is shown: ours is newer.
      if (slackCode(error) !== 'hash_conflict') throw error;
      answer = await publish(undefined);
    }
    page.hash = hashOf(answer.view);
  }
}
