import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HostFacts } from '../../../src/core/ports/host.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { PATH, ProcessHost } from './process-host.ts';

/** What a host tells whose `nvidia-smi` is this script. */
async function factsWith(script: string, paths: readonly string[] = []): Promise<HostFacts> {
  const programs = join(await temporaryDirectory(), "pro grams'");
  await mkdir(programs);
  await writeFile(join(programs, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, 'nvidia-smi'), 0o755);
  const made = await ProcessHost.create({ searchPath: `${programs}:${PATH}` });
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made.host.facts({ images: [], paths });
}

describe('the facts of this machine', () => {
  it('tell the GPUs that the tool lists', async () => {
    const { gpus } = await factsWith(
      `for i in 0 1; do echo "$i, GPU-$i, 12, 24, [N/A], 40, [N/A], 570.86.15, NVIDIA L4"; done`,
    );
    const driver = '570.86.15';
    const gpu = {
      name: 'NVIDIA L4',
      driver,
      memoryUsedBytes: 12 * 1024 ** 2,
      memoryTotalBytes: 24 * 1024 ** 2,
    };

    expect(gpus).toEqual({
      state: 'listed',
      gpus: [
        { index: '0', uuid: 'GPU-0', temperature: 40, ...gpu },
        { index: '1', uuid: 'GPU-1', temperature: 40, ...gpu },
      ],
    });
  });

  it('tell what a tool says that fails', async () => {
    const { gpus } = await factsWith(
      'echo "Failed to initialize NVML: Driver/library version mismatch" >&2; exit 18',
    );

    expect(gpus).toEqual({
      state: 'failed',
      detail: 'Failed to initialize NVML: Driver/library version mismatch',
    });
  });

  it('tell the clock, the room on the disk, and which paths are there, whatever their names', async () => {
    const directory = await temporaryDirectory();
    const odd = join(directory, "a * 'b'\n$(id)");
    await mkdir(odd);
    const facts = await factsWith('echo No devices were found', [odd, `${directory}/missing`, directory]);

    expect(Math.abs(facts.now - Date.now())).toBeLessThan(60_000);
    expect(facts.diskFreeBytes).toBeGreaterThan(0);
    expect(facts.gpus).toEqual({ state: 'listed', gpus: [] });
    expect(facts.paths.map(({ present }) => present)).toEqual([true, false, true]);
    expect(facts).not.toHaveProperty('engine');
  });
});
