import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { INSTANCE, makeHost, scriptPlan } from '../integration/remote/process-host.ts';
import { missingSshd, OpenSshServer } from '../support/openssh-server.ts';
import { contractScript } from './contract-script.ts';
import { CONTRACT_GRACE_MS, hostContract } from './host.contract.ts';

const missing = missingSshd();

describe.skipIf(missing !== undefined)(`over a real OpenSSH server${missing ? ` (${missing})` : ''}`, () => {
  let server: OpenSshServer;
  beforeAll(async () => {
    server = await OpenSshServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  hostContract('ssh transport, process engine', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
    const base = await server.makeDirectory(randomBytes(4).toString('hex'));
    const workDir = join(base, "work dir's");
    const host = makeHost({ workDir, transport: 'ssh', ssh: server.options });
    const path = (attempt: string, name: string): string => join(workDir, 'attempts', attempt, name);
    return {
      host,
      instance: INSTANCE,
      directory,
      plan: (attempt, job) => scriptPlan(attempt, contractScript(job), { stopGraceMs: CONTRACT_GRACE_MS }),
      release: (attempt) => writeFile(path(attempt, 'release'), ''),
      runs: async (attempt) => (await readFile(path(attempt, 'runs'), 'utf8').catch(() => '')).length,
      [Symbol.asyncDispose]: async () => {
        for (const { attempt } of await host.leftovers(INSTANCE)) await host.stop(attempt, 'kill');
        await host.close();
        await rm(directory, { recursive: true, force: true });
        await rm(base, { recursive: true, force: true });
      },
    };
  });
});
