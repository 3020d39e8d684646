import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../src/core/ports/host.ts';
import { makeHost } from '../integration/remote/process-host.ts';
import { assetCacheContract } from './asset-cache.contract.ts';

assetCacheContract('local transport', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
  const workDir = join(directory, "work dir's");
  const hosts: Host[] = [];
  return {
    directory,
    assets: join(workDir, 'assets'),
    open: (options) => {
      const host = makeHost({ workDir, ...options });
      hosts.push(host);
      return host;
    },
    close: async () => {
      for (const host of hosts) await host.close();
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
});
