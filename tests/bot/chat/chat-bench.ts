import { onTestFinished } from 'vitest';
import { ContactSheets } from '../../../src/bot/chat/contact-sheets.ts';
import { PathMask } from '../../../src/bot/chat/path-mask.ts';
import { Proxies } from '../../../src/bot/chat/proxies.ts';
import { ThreadSync } from '../../../src/bot/chat/thread-sync.ts';
import { knownPaths } from '../../../src/bot/known-paths.ts';
import type { ThreadId } from '../../../src/core/ids.ts';
import type { ChatCapabilities, ChatReference } from '../../../src/core/ports/chat.ts';
import { CHANNEL, FakeChat, type FakeMessage } from '../../fakes/fake-chat.ts';
import type { FakeClock } from '../../fakes/fake-clock.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../support/workbench.ts';

/** A bench with one fake chat and the sync that serves it; the test lets it look and lets time pass. */
export class ChatBench {
  readonly bench: Workbench;
  readonly chat: FakeChat;
  sync: ThreadSync;
  /** From the next restart on, people in the channel want to read less. */
  isQuiet = false;
  readonly #changes = new Set<() => void>();

  private constructor(bench: Workbench, capabilities: Partial<ChatCapabilities>) {
    this.bench = bench;
    this.chat = new FakeChat({
      clock: bench.clock,
      capabilities,
      onChange: () => {
        for (const listener of [...this.#changes]) listener();
      },
    });
    this.sync = this.#newSync();
  }

  static async open(
    capabilities: Partial<ChatCapabilities> = {},
    options: WorkbenchOptions<FakeClock> = {},
  ): Promise<ChatBench> {
    const bench = await openWorkbench(options);
    onTestFinished(async () => await bench.bot.close());
    return new ChatBench(bench, capabilities);
  }

  get clock(): FakeClock {
    return this.bench.clock;
  }

  thread(name = 'T1'): ThreadId {
    return this.bench.store.threads.ensure(this.place(name)).id;
  }

  place(name = 'T1'): ChatReference {
    return { ...CHANNEL, thread: name };
  }

  /** What a crash leaves: the store and the platform as they are, nothing in memory. */
  restart(): void {
    this.sync = this.#newSync();
  }

  /**
   * Looks until nothing is due for `ms`, letting time pass as the sync asks for it. `landing`: what was late takes effect
   * within the time that the platform states, not when the test says so.
   */
  async pass(ms: number, options: { landing?: boolean } = {}): Promise<void> {
    let left = ms;
    for (;;) {
      const lands = options.landing === true ? this.chat.landsInMs : Number.POSITIVE_INFINITY;
      const next = Math.max(1, Math.min(await this.sync.syncAll(), lands));
      if (next > left) break;
      this.clock.advance(next);
      if (options.landing === true) this.chat.land('due');
      left -= next;
    }
    this.clock.advance(left);
    await this.sync.syncAll();
  }

  /** Resolves when what is shown fulfils the condition. */
  async untilShown(isTrue: (messages: readonly FakeMessage[]) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isTrue(this.chat.messages)) return;
        this.#changes.delete(look);
        resolve();
      };
      this.#changes.add(look);
      look();
    });
  }

  open(): string[] {
    return this.bench.store.deliveries.open().map(({ key }) => key);
  }

  #newSync(): ThreadSync {
    const { store, api, views, clock, logger, wakeup, media, data, config } = this.bench.bot.parts;
    const proxies = new Proxies({ media, data, logger });
    const contactSheets = new ContactSheets({ api, media, data, clock, logger });
    const quietChannels = this.isQuiet ? new Set([CHANNEL.channel]) : new Set<string>();
    return new ThreadSync({
      store,
      api,
      views,
      port: this.chat,
      clock,
      logger,
      wakeup,
      quietChannels,
      proxies,
      contactSheets,
      mask: new PathMask(this.chat.capabilities.localFiles ? undefined : knownPaths(config)),
    });
  }
}

/** All words of a message. */
export function textOf({ card }: Pick<FakeMessage, 'card'>): string {
  return JSON.stringify([card.title, card.blocks]);
}
