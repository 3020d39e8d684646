import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptId, InstanceId } from '../../src/core/ids.ts';
import type { AttemptPlan } from '../../src/core/ports/host.ts';
import { FakeHost } from '../fakes/fake-host.ts';
import { CONTRACT_GRACE_MS, type ContractJob, hostContract } from './host.contract.ts';

const INSTANCE = 'in_fake0000' as InstanceId;

hostContract('fake', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
  const host = new FakeHost({ instance: INSTANCE, onStart: begin });
  return {
    host,
    instance: INSTANCE,
    directory,
    plan: contractPlan,
    release: async (attempt) => host.finish(attempt),
    runs: async (attempt) => host.starts(attempt),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
});

function contractPlan(attempt: AttemptId, job: ContractJob): AttemptPlan {
  return {
    attempt,
    instance: INSTANCE,
    files: [],
    inputs: [],
    argv: ['contract', JSON.stringify(job)],
    environment: {},
    workingDirectory: '.',
    gpus: [],
    stopGraceMs: CONTRACT_GRACE_MS,
  };
}

function begin(attempt: AttemptId, plan: AttemptPlan, host: FakeHost): void {
  const job: ContractJob = JSON.parse(plan.argv[1] ?? '{}');
  const printed = plan.inputs.find((input) => input.path === job.prints);
  host.appendLog(attempt, job.log ?? '');
  if (printed !== undefined) host.appendLog(attempt, host.assets.get(printed.asset) ?? '');
  if (job.ignoresTerm) host.ignoreTerm(attempt);
  if (!job.waits) host.finish(attempt, { exitCode: job.exitCode ?? 0, outputs: job.outputs ?? {} });
}
