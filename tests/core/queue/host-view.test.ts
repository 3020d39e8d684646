import { describe, expect, it } from 'vitest';
import { type HostConfig, needsWatch } from '../../../src/core/config/config.ts';
import type { HostName, LaneName, ProfileId } from '../../../src/core/ids.ts';
import type { HostFacts } from '../../../src/core/ports/host.ts';
import { hostView } from '../../../src/core/queue/host-view.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from '../store/open-store.ts';

const NAME = 'gpu1' as HostName;
const LANE = 'gpu1/gpu0' as LaneName;
const MINUTE = 60_000;
const FACTS: HostFacts = {
  now: 5,
  diskFreeBytes: 1e12,
  gpus: { state: 'no_tool' },
  paths: [],
  engine: { version: '29.1.5', images: [], givesGpus: true },
};
const SILENT = { code: 'engine.host_unreachable', parameters: { reason: 'refused' } } as const;
const DENIED = { code: 'engine.host_unsupported', parameters: { reason: 'docker_denied' } } as const;

function config(gpus: readonly string[] = ['0']): HostConfig {
  return {
    name: NAME,
    transport: 'local',
    engine: 'process',
    workDirectory: '/work',
    assetQuotaBytes: 1e9,
    gpuIdleBytes: 1e9,
    lanes: [{ name: LANE, gpus }],
    models: ['minimal' as ProfileId],
    modelOverrides: {},
  };
}

async function open(host = config()) {
  const { store, clock } = await openStore();
  store.lanes.ensure(LANE);
  const view = () =>
    hostView(host, { store, isDriven: () => true, active: store.runs.active(), now: clock.now() });
  const claim = () => {
    addRun(store, addPrompt(store, somebody(store), 'street'), minimal());
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    return attempt.run;
  };
  return { store, clock, view, claim };
}

describe('what is known of a host', () => {
  it('is nothing before it was asked, even where somebody drives it', async () => {
    const { view } = await open();
    expect(view()).toMatchObject({ state: 'unknown', isCurrent: false, isLocal: false });
    expect(view().askedAt).toBeUndefined();
  });

  it('is that it answers, for this machine without GPUs', async () => {
    const { view } = await open(config([]));
    expect(view()).toMatchObject({ state: 'reachable', isCurrent: true, isLocal: true });
  });

  it('is what it last answered, and when', async () => {
    const { store, clock, view } = await open();
    store.hostReadings.setAnswer(NAME, FACTS, clock.now());
    clock.advance(10 * MINUTE);
    expect(view()).toMatchObject({
      state: 'reachable',
      isCurrent: true,
      askedAt: clock.now() - 10 * MINUTE,
      facts: { answeredAt: clock.now() - 10 * MINUTE, diskFreeBytes: 1e12, engineVersion: '29.1.5' },
    });
    clock.advance(2 * MINUTE);
    expect(view()).toMatchObject({ state: 'reachable', isCurrent: false });
  });

  it('is since when and why it does not answer', async () => {
    const { store, clock, view } = await open();
    store.hostReadings.setFailure(NAME, SILENT, clock.now());
    expect(view()).toMatchObject({ state: 'unreachable', since: clock.now(), problem: SILENT });
  });

  it('is that it answers, where what fails is another thing', async () => {
    const { store, clock, view } = await open();
    store.hostReadings.setFailure(NAME, DENIED, clock.now());
    expect(view()).toMatchObject({ state: 'reachable', since: clock.now(), problem: DENIED });
  });

  it('is what a run hears, where that is newer than an answer', async () => {
    const { store, clock, view, claim } = await open();
    const run = claim();
    store.hostReadings.setAnswer(NAME, FACTS, clock.now());
    clock.advance(1_000);
    store.runs.setUnreachable(run, clock.now());
    expect(view()).toMatchObject({ state: 'unreachable', since: clock.now() });
    expect(view().problem).toBeUndefined();
    store.hostReadings.setFailure(NAME, SILENT, clock.now() + 5_000);
    expect(view()).toMatchObject({ state: 'unreachable', since: clock.now(), problem: SILENT });
  });
});

describe('a host is asked how it is', () => {
  it.each<[string, HostConfig, boolean]>([
    ['not where it is this machine without GPUs', config([]), false],
    ['where its lanes have GPUs', config(), true],
    ['where it starts containers', { ...config([]), engine: 'docker' }, true],
  ])('%s', (_, host, expected) => {
    expect(needsWatch(host)).toBe(expected);
  });
});
