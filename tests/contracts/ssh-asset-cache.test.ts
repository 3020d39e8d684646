import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Host } from '../../src/core/ports/host.ts';
import { makeHost } from '../integration/remote/process-host.ts';
import { missingSshd, OpenSshServer } from '../support/openssh-server.ts';
import { assetCacheContract } from './asset-cache.contract.ts';

const missing = missingSshd();

describe.skipIf(missing !== undefined)(`over a real OpenSSH server${missing ? ` (${missing})` : ''}`, () => {
  let server: OpenSshServer;
  beforeAll(async () => {
    server = await OpenSshServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  assetCacheContract('ssh transport', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
    const base = await server.makeDirectory(randomBytes(4).toString('hex'));
    const workDir = join(base, "work dir's");
    const hosts: Host[] = [];
    return {
      directory,
      assets: join(workDir, 'assets'),
      open: (options) => {
        const host = makeHost({ workDir, transport: 'ssh', ssh: server.options, ...options });
        hosts.push(host);
        return host;
      },
      close: async () => {
        for (const host of hosts) await host.close();
      },
      [Symbol.asyncDispose]: async () => {
        await rm(directory, { recursive: true, force: true });
        await rm(base, { recursive: true, force: true });
      },
    };
  });
});
