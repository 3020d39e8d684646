import { join } from 'node:path';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { Store } from '../../../src/core/store/store.ts';
import type { ChatWorld, VideoState } from './chat-world.ts';
import type { Session } from './session.ts';

/** What there is while no bot is there: it tells how far the last one came. */
export interface Traces {
  /** Events that were saved and have had no effect yet. */
  readonly events: number;
  readonly prompts: number;
  readonly runs: number;
  /** What was begun to be sent, and is not known to be shown. */
  readonly unknown: readonly string[];
  /** Whether there are downloads that did not come to their end. */
  readonly isDownloading: boolean;
  /** Whether there are files on the host that did not come there whole. */
  readonly isUploading: boolean;
  readonly starts: number;
  /** How far the videos of the bot have come in the chat. */
  readonly videos: readonly VideoState[];
}

/** Of the bot in this directory. */
export function openStore(directory: string): Store {
  return new Store(join(directory, 'data/cosmos.db'), { clock: systemClock, random: systemRandom });
}

export async function readTraces({ place, world }: Session<ChatWorld>): Promise<Traces> {
  using store = openStore(place.directory);
  const open = store.deliveries.open();
  const unknown = open.filter(({ intentAt, message }) => intentAt !== undefined && message === undefined);
  return {
    events: store.inbox.open(world.platform).length,
    prompts: store.prompts.count(),
    runs: store.runs.list({ limit: 10 }).length,
    unknown: unknown.map(({ subject }) => subject.purpose),
    isDownloading: (await place.leftWithBot()).some((name) => name.startsWith('incoming/')),
    isUploading: (await place.leftOnHost()).some((name) => name.startsWith('assets/')),
    starts: (await place.starts()).length,
    videos: world.videos,
  };
}
