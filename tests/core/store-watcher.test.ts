import { pino } from 'pino';
import { expect, it } from 'vitest';
import { CosmosError } from '../../src/core/errors.ts';
import { StoreWatcher } from '../../src/core/store-watcher.ts';
import { Wakeup } from '../../src/core/wakeup.ts';

it('goes on looking after a look has failed, and tells a failure once however long it lasts', async () => {
  const failed = new CosmosError('store.failed');
  const answers: (number | CosmosError)[] = [1, failed, failed, 1, failed, 2];
  const store = {
    version(): number {
      const answer = answers.shift() ?? 2;
      if (answer instanceof CosmosError) throw answer;
      return answer;
    },
  };
  const told: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => told.push(line) });
  const wakeup = new Wakeup();
  const woken = Promise.withResolvers<void>();
  wakeup.subscribe(woken.resolve);
  using _watcher = new StoreWatcher(store, wakeup, logger);
  await woken.promise;
  expect(answers).toEqual([]);
  expect(told).toHaveLength(2);
});
