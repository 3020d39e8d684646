import { expect, it, onTestFinished } from 'vitest';
import { failureCard } from '../../../src/bot/thread-view/failure-card.ts';
import { gpuStatusCard } from '../../../src/bot/thread-view/gpu-status-card.ts';
import { statusCard } from '../../../src/bot/thread-view/status-card.ts';
import type { HostName, LaneName } from '../../../src/core/ids.ts';
import { must, openWorkbench } from '../../support/workbench.ts';
import { rendered } from '../terminal/rendered.ts';

const ONE = 'here/one' as LaneName;
const TWO = 'here/two' as LaneName;
const CONFIG = `
[[hosts]]
name = "here"
lanes = [{ name = "one" }, { name = "two" }]
models = ["preview"]
`;
const BUSY = {
  code: 'engine.gpu_busy',
  parameters: {
    host: 'here',
    lane: ONE,
    gpu: '0',
    usedBytes: 20 * 2 ** 30,
    totalBytes: 24 * 2 ** 30,
    idleBytes: 1e9,
  },
} as const;
const BUSY_WORDS = 'here/one waits for GPU 0: 20 of 24 GB of its memory is in use';

async function open() {
  const bench = await openWorkbench({ config: CONFIG });
  onTestFinished(async () => await bench[Symbol.asyncDispose]());
  for (const lane of [ONE, TWO]) bench.store.lanes.ensure(lane);
  const { views } = bench.bot.parts;
  const status = (run: Parameters<typeof views.status>[0]) => rendered(statusCard(views.status(run)));
  return { bench, status };
}

it('a waiting run says what its lanes wait for once no other lane takes it', async () => {
  const { bench, status } = await open();
  const run = bench.run(await bench.prompt());
  bench.store.lanes.setBlocked(ONE, BUSY);
  expect(status(run)).not.toContain('waits for GPU');
  bench.store.lanes.setBlocked(TWO, { ...BUSY, parameters: { ...BUSY.parameters, lane: TWO } });
  expect(status(run)).toContain(BUSY_WORDS);
  expect(status(run)).toContain('nvidia-smi');
  expect(rendered(gpuStatusCard(bench.api.queue()))).toContain(BUSY_WORDS);
  bench.store.lanes.setBlocked(TWO, undefined);
  expect(status(run)).not.toContain('waits for GPU');
});

it('runs of a host that was given up say by whom, and what to do', async () => {
  const { bench, status } = await open();
  const prompt = await bench.prompt();
  const [lost, cancelled, waiting] = [bench.run(prompt), bench.run(prompt), bench.run(prompt)];
  for (const lane of [ONE, TWO]) bench.store.attempts.claim(lane, ['preview'], bench.store.instance);
  must(bench.api.cancelRun(bench.actor(), cancelled));
  const ended = bench.api.fenceHost(bench.actor('ben'), 'here' as HostName);
  expect(ended.map(({ run }) => run).toSorted()).toEqual([lost.id, cancelled.id].toSorted());

  const { views } = bench.bot.parts;
  const failure = (run: typeof lost) =>
    rendered(failureCard(views.failure(bench.reload(run.id), { localFiles: true })));
  expect(failure(lost)).toContain('here was given up by ben while the run was on it.');
  expect(failure(lost)).toContain('Next: run it again.');
  expect(failure(cancelled)).toMatch(/By @ana\. here was given up by ben/);
  expect(failure(cancelled)).not.toContain('free again');
  expect(status(waiting)).toContain('here/one takes no runs: here was given up by ben.');
  expect(rendered(gpuStatusCard(bench.api.queue()))).toContain(
    'here/two takes no runs: here was given up by ben.',
  );
});
