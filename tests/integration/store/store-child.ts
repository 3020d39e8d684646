import { join } from 'node:path';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { LaneName } from '../../../src/core/ids.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { Store } from '../../../src/core/store/store.ts';
import { minimal } from '../../core/models/profiles.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';

/** Another process at the same store: `<what> <data directory> [argument]`; says as JSON lines what came of it. */
const [what = '', directory = '', argument = ''] = process.argv.slice(2);

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function open(): Store {
  return new Store(join(directory, 'cosmos.db'), { clock: systemClock, random: systemRandom });
}

const WORK: Readonly<Record<string, () => void>> = {
  open: () => say({ instance: open().instance }),
  /** Claims on a lane of its own until nothing is left. */
  claim: () => {
    const store = open();
    const lane = `here/${argument}` as LaneName;
    const runs: string[] = [];
    for (;;) {
      const attempt = store.attempts.claim(lane, ['minimal'], store.instance);
      if (attempt === undefined) break;
      runs.push(attempt.run);
      store.attempts.end(attempt, { outcome: 'done', outputs: [] });
    }
    say({ runs });
  },
  /** Queues runs, each with a long text, until the disk refuses one. */
  fill: () => {
    const store = open();
    const prompt = addPrompt(store, somebody(store), `street ${process.pid}`);
    say({ opened: true });
    for (let count = 0; count < 10_000; count++) {
      addRun(store, prompt, minimal(), { text: 'x'.repeat(8_000) });
      say({ queued: count + 1 });
    }
  },
  /** Holds the lock until it is killed. */
  hold: () => {
    const lock = ExclusiveLock.tryAcquire(join(directory, 'lane.lock'));
    say({ held: lock !== undefined });
    setInterval(() => lock, 60_000);
  },
};

try {
  WORK[what]?.();
} catch (error) {
  if (!(error instanceof CosmosError)) throw error;
  say({ code: error.code, ...error.parameters });
}
