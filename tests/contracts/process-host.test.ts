import { readFile } from 'node:fs/promises';
import type { AttemptId } from '../../src/core/ids.ts';
import type { AttemptPlan } from '../../src/core/ports/host.ts';
import { quote } from '../../src/remote/bash-script.ts';
import { INSTANCE, ProcessHost, scriptPlan, WAIT } from '../integration/remote/process-host.ts';
import { CONTRACT_GRACE_MS, type ContractJob, hostContract } from './host.contract.ts';

hostContract('local transport, process engine', async () => {
  const process = await ProcessHost.create();
  return {
    host: process.host,
    instance: INSTANCE,
    directory: process.directory,
    plan: contractPlan,
    release: (attempt) => process.release(attempt),
    runs: async (attempt) => (await readFile(process.path(attempt, 'runs'), 'utf8').catch(() => '')).length,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
});

function contractPlan(attempt: AttemptId, job: ContractJob): AttemptPlan {
  const outputs = Object.entries(job.outputs ?? {}).flatMap(([path, content]) => [
    `mkdir -p "$(dirname out/${path})"`,
    `printf %s ${quote(content)} >out/${path}`,
  ]);
  const script = [
    'printf x >>runs',
    ...(job.ignoresTerm ? ["trap '' TERM"] : []),
    `printf %s ${quote(job.log ?? '')}`,
    ...outputs,
    ...(job.prints === undefined ? [] : [`cat ${quote(job.prints)}`]),
    ...(job.waits ? [WAIT] : []),
    `exit ${job.exitCode ?? 0}`,
  ].join('\n');
  return scriptPlan(attempt, script, { stopGraceMs: CONTRACT_GRACE_MS });
}
