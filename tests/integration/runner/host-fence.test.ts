import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ask, host } from '../../../src/bot/cli/host.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { Store } from '../../../src/core/store/store.ts';
import { minimal } from '../../core/models/profiles.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NOBODY: Ask = async () => undefined;
const CONFIG = `
[[hosts]]
name = "gpu1"
models = ["preview"]
`;

/** A bot's directory in which the lane of a host is busy with a run, unless no lane is named. */
async function directoryWith(config: string, lane?: string): Promise<{ directory: string; run?: RunId }> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'cosmos.toml'), config);
  if (lane === undefined) return { directory };
  const data = new DataDirectory(join(directory, 'data'));
  using store = new Store(data.database, { clock: systemClock, random: systemRandom });
  const prompt = addPrompt(store, somebody(store, 'ana'), 'street', data);
  const run = addRun(store, prompt, minimal());
  store.attempts.claim(lane as LaneName, ['minimal'], store.instance);
  return { directory, run };
}

/** What is stored of a run and of a lane. */
function stored(directory: string, run: RunId | undefined, lane = 'gpu1/cpu') {
  const { database } = new DataDirectory(join(directory, 'data'));
  using store = new Store(database, { clock: systemClock, random: systemRandom });
  return {
    state: run && store.runs.get(run)?.state,
    blocked: store.lanes.get(lane as LaneName).blocked?.code,
  };
}

async function fence(directory: string, options: Record<string, true> = {}, ask = NOBODY, name = 'gpu1') {
  let out = '';
  let error = '';
  const code = await host(
    {
      command: { verb: 'host', arguments: { action: 'fence', name }, options, assignments: [], rest: [] },
      configPath: join(directory, 'cosmos.toml'),
      output: {
        out: { write: (text) => (out += text) },
        error: { write: (text) => (error += text) },
        settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
      },
    },
    ask,
  );
  return { code, out, error };
}

describe('host fence', () => {
  it('refuses a host that answers, and names what to cancel there', async () => {
    const { directory, run } = await directoryWith(CONFIG, 'gpu1/cpu');
    const { code, out, error } = await fence(directory, { yes: true });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(error).toContain(`npx cosmos cancel ${run}`);
    expect(error).toContain('--force');
    expect(stored(directory, run)).toEqual({ state: 'active', blocked: undefined });
  });

  it('shows what it would end, and does it only after a yes', async () => {
    const { directory, run } = await directoryWith(CONFIG, 'gpu1/cpu');
    for (const ask of [NOBODY, async () => 'y', async () => '']) {
      const { code, out } = await fence(directory, { force: true }, ask);
      expect(code).toBe(1);
      expect(out).toContain(`${run}  street  @ana  gpu1/cpu: preparing`);
      expect(stored(directory, run)).toEqual({ state: 'active', blocked: undefined });
    }
    const { code, out } = await fence(directory, { force: true }, async () => ' Yes\n');
    expect(code).toBe(0);
    expect(out).toContain(`gpu1 is given up: ${run} is lost.`);
    expect(stored(directory, run)).toEqual({ state: 'lost', blocked: 'queue.lane_fenced' });
  });

  it('says why the host cannot be looked at', async () => {
    const { directory } = await directoryWith(`${CONFIG}work_dir = "/dev/null/work"\n`);
    const { code, out } = await fence(directory, { yes: true });
    expect(code).toBe(0);
    expect(out).toMatch(/^The work folder on gpu1 cannot be used/);
    expect(out).toContain('It holds no runs.');
    expect(stored(directory, undefined).blocked).toBe('queue.lane_fenced');
  });

  it('gives up a host that is not configured any more', async () => {
    const { directory, run } = await directoryWith(CONFIG, 'gone/cpu');
    const { code, out } = await fence(directory, { yes: true }, NOBODY, 'gone');
    expect(code).toBe(0);
    expect(out).toMatch(/^gone is not in the configuration any more/);
    expect(stored(directory, run, 'gone/cpu')).toEqual({ state: 'lost', blocked: 'queue.lane_fenced' });
    expect(stored(directory, run).blocked).toBeUndefined();
  });

  it('leaves no part of a download where nobody drives the lane', async () => {
    const { directory, run } = await directoryWith(CONFIG, 'gone/cpu');
    const outputs = new DataDirectory(join(directory, 'data')).outputs(run ?? ('' as RunId));
    await mkdir(outputs, { recursive: true });
    await writeFile(join(outputs, '.0-street.mp4.0123456789ab'), 'half');
    await fence(directory, { yes: true }, NOBODY, 'gone');
    expect(await readdir(outputs)).toEqual([]);
  });

  it('knows the names of hosts that are configured or hold something', async () => {
    const { directory } = await directoryWith(CONFIG, 'gone/cpu');
    const { code, error } = await fence(directory, { yes: true }, NOBODY, 'gpu2');
    expect(code).toBe(2);
    expect(error).toContain('gpu1 or gone');
  });

  it('takes an admin', async () => {
    const rule = '\n[[access.rules]]\nrole = "operator"\nplatform = "terminal"\n';
    const { directory, run } = await directoryWith(`${CONFIG}${rule}`, 'gpu1/cpu');
    const { code, error } = await fence(directory, { yes: true, force: true });
    expect(code).toBe(1);
    expect(error).toContain('admin');
    expect(stored(directory, run)).toEqual({ state: 'active', blocked: undefined });
  });

  it('tells programs what it would do, and what it has done', async () => {
    const { directory, run } = await directoryWith(CONFIG, 'gpu1/cpu');
    const attempts = [
      expect.objectContaining({ run, lane: 'gpu1/cpu', ownerName: 'ana', isCancelled: false }),
    ];
    const report = { host: 'gpu1', answers: true, attempts };
    const shown = await fence(directory, { json: true, force: true }, async () => 'yes');
    expect(JSON.parse(shown.out)).toEqual({ ...report, fenced: false });
    expect(shown.code).toBe(1);
    const done = await fence(directory, { json: true, force: true, yes: true });
    expect(JSON.parse(done.out)).toEqual({ ...report, fenced: true });
    expect(done.code).toBe(0);
  });
});
