import { quote } from '../../src/remote/bash-script.ts';
import { WAIT } from '../integration/remote/process-host.ts';
import type { ContractJob } from './host.contract.ts';

/** A job of the contract as shell text; it begins in the attempt directory. */
export function contractScript(job: ContractJob): string {
  const outputs = Object.entries(job.outputs ?? {}).flatMap(([path, content]) => [
    `mkdir -p "$(dirname out/${path})"`,
    `printf %s ${quote(content)} >out/${path}`,
  ]);
  return [
    'printf x >>runs',
    ...(job.ignoresTerm ? ["trap '' TERM"] : []),
    `printf %s ${quote(job.log ?? '')}`,
    ...outputs,
    ...(job.prints === undefined ? [] : [`cat ${quote(job.prints)}`]),
    ...(job.waits ? [WAIT] : []),
    `exit ${job.exitCode ?? 0}`,
  ].join('\n');
}
