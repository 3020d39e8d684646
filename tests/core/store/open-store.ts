import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Random } from '../../../src/core/ports/random.ts';
import { Store } from '../../../src/core/store/store.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface OpenStore {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly path: string;
  /** Another connection to the same file, as another process has it. */
  again(random?: Random): Store;
}

/** A fresh store of the test's own. */
export async function openStore(random: Random = new FakeRandom()): Promise<OpenStore> {
  const path = join(await temporaryDirectory(), 'cosmos.db');
  const clock = new FakeClock();
  const again = (other: Random = new FakeRandom(2)): Store => {
    const store = new Store(path, { clock, random: other });
    onTestFinished(() => store.close());
    return store;
  };
  return { store: again(random), clock, path, again };
}
