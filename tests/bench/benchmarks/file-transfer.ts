import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, HostName, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import { createHost } from '../../../src/remote/create-hosts.ts';
import type { Benchmark } from '../figure.ts';
import { wallTime } from '../processes.ts';

const BLOCK_BYTES = 8_000_000;
const BLOCKS = 25;
const MEGABYTES = (BLOCK_BYTES * BLOCKS) / 1_000_000;
const ROUNDS = 5;
const INSTANCE = 'in_bench000' as InstanceId;
const ATTEMPT = 'jb_bench000-a1' as AttemptId;

/** 200 MB to the local host and back, verified by SHA-256 on both sides, beside a plain `cp`, which verifies nothing. */
export const fileTransfer: Benchmark = {
  name: 'file-transfer',
  measure: async (directory) => {
    const source = join(directory, 'source');
    const sha256 = await writeRandomFile(source);
    const asset = { path: source, sha256, bytes: BLOCK_BYTES * BLOCKS };
    const workDir = join(directory, 'host');
    const copied: number[] = [];
    const sent: number[] = [];
    const collected: number[] = [];
    const host = createHost({
      ...{ workDir, instance: INSTANCE, random: systemRandom, name: 'here' as HostName, home: directory },
      ...{ transport: 'local', engine: 'process', searchPath: process.env.PATH ?? '' },
    });
    try {
      await host.prepare({
        ...{ attempt: ATTEMPT, instance: INSTANCE, files: [], inputs: [], argv: ['true'], environment: {} },
        ...{ workingDirectory: '.', gpus: [], stopGraceMs: 1000 },
      });
      for (let round = 0; round < ROUNDS; round += 1) {
        const copy = join(directory, 'copy');
        copied.push(MEGABYTES / ((await wallTime('cp', [source, copy])) / 1000));
        await rm(copy);
        await rm(join(workDir, 'assets', sha256), { force: true });
        sent.push(await megabytesPerSecond(() => host.putAsset(asset, () => undefined)));
        await wallTime('cp', [source, join(workDir, 'attempts', ATTEMPT, 'out', 'result')]);
        const to = join(directory, 'result');
        collected.push(
          await megabytesPerSecond(() => host.fetchOutput(ATTEMPT, 'result', to, () => undefined)),
        );
      }
    } finally {
      await host.close();
    }
    const baseline = { name: 'MB/s cp', values: copied };
    return [
      { name: 'send 200 MB to the local host', unit: 'MB/s', values: sent, baseline },
      { name: 'collect 200 MB from the local host', unit: 'MB/s', values: collected, baseline },
    ];
  },
};

async function megabytesPerSecond(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return MEGABYTES / ((performance.now() - begun) / 1000);
}

async function writeRandomFile(path: string): Promise<Sha256> {
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  try {
    for (let block = 0; block < BLOCKS; block += 1) {
      const bytes = randomBytes(BLOCK_BYTES);
      hash.update(bytes);
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex') as Sha256;
}
