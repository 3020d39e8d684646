import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isDaemonRunning, lockDaemon } from '../../../src/bot/cli/daemon-lock.ts';
import { explain } from '../../../src/bot/wording/explain.ts';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Does not wait: nobody lets go in these tests. */
class HurriedClock extends FakeClock {
  override async sleep(ms: number): Promise<void> {
    this.advance(ms);
  }
}

async function secondIn(data: DataDirectory): Promise<CosmosError> {
  const [result] = await Promise.allSettled([lockDaemon(data, new HurriedClock())]);
  if (result.status === 'rejected' && result.reason instanceof CosmosError) return result.reason;
  throw new Error('the second bot was not refused');
}

describe('the second bot of a data folder', () => {
  it('is told which process is the first one, and how it is stopped', async () => {
    const data = new DataDirectory(await temporaryDirectory());
    using _lock = await lockDaemon(data, new HurriedClock());
    const refused = await secondIn(data);
    expect(refused).toMatchObject({ code: 'store.second_daemon', parameters: { pid: process.pid } });
    const { sentence, nextStep } = explain(refused.toProblem());
    expect(sentence).toBe(`Another bot already works with this data folder (process ${process.pid}).`);
    expect(nextStep).toContain(`stop it first (\`kill ${process.pid}\`)`);
  });

  it.each(['', 'not a number', '-1\n'])('is refused without a process where %j was left', async (left) => {
    const data = new DataDirectory(await temporaryDirectory());
    using _lock = await lockDaemon(data, new HurriedClock());
    writeFileSync(data.daemonProcess, left);
    const refused = await secondIn(data);
    expect(refused.parameters).toEqual({});
    expect(explain(refused.toProblem()).nextStep).toBe(
      'Use that one, stop it first, or set another `data_dir`.',
    );
    rmSync(data.daemonProcess);
    expect((await secondIn(data)).parameters).toEqual({});
  });

  it('takes the place of one that has ended, whatever that one has left', async () => {
    const data = new DataDirectory(await temporaryDirectory());
    (await lockDaemon(data, new HurriedClock())).release();
    writeFileSync(data.daemonProcess, '1\n');
    expect(isDaemonRunning(data)).toBe(false);
    using _lock = await lockDaemon(data, new HurriedClock());
    expect(isDaemonRunning(data)).toBe(true);
    expect((await secondIn(data)).parameters).toEqual({ pid: process.pid });
  });
});
