import { readFile } from 'node:fs/promises';
import { INSTANCE, ProcessHost, scriptPlan } from '../integration/remote/process-host.ts';
import { contractScript } from './contract-script.ts';
import { CONTRACT_GRACE_MS, hostContract } from './host.contract.ts';

hostContract('local transport, process engine', async () => {
  const process = await ProcessHost.create();
  return {
    host: process.host,
    instance: INSTANCE,
    directory: process.directory,
    plan: (attempt, job) => scriptPlan(attempt, contractScript(job), { stopGraceMs: CONTRACT_GRACE_MS }),
    release: (attempt) => process.release(attempt),
    runs: async (attempt) => (await readFile(process.path(attempt, 'runs'), 'utf8').catch(() => '')).length,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
});
