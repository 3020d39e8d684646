import { readFileSync } from 'node:fs';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, HostName, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import { createHost } from '../../../src/remote/create-hosts.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';

export interface TransferRequest {
  readonly direction: 'up' | 'down';
  readonly ssh: SshOptions;
  readonly workDir: string;
  readonly instance: InstanceId;
  readonly attempt: AttemptId;
  /** On our side: what is sent, or where the output is to be. */
  readonly file: string;
  readonly sha256: Sha256;
  readonly bytes: number;
}

export interface TransferResult {
  /** With the making of the connection. */
  readonly ms: number;
  readonly peakMegabytes: number;
}

/** One verified transfer in a process of its own, as the bot does it. */
const request = JSON.parse(process.argv[2] ?? '') as TransferRequest;
const { direction, ssh, workDir, instance, attempt, file, sha256, bytes } = request;
const begun = performance.now();
const host = createHost({
  ...{ workDir, instance, ssh, random: systemRandom, name: 'there' as HostName, home: '/', searchPath: '' },
  ...{ transport: 'ssh', engine: 'process' },
});
await host.identify();
if (direction === 'up') await host.putAsset({ path: file, sha256, bytes }, () => undefined);
else await host.fetchOutput(attempt, 'result', file, () => undefined);
const ended = performance.now();
await host.close();
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const result: TransferResult = {
  ms: ended - begun,
  peakMegabytes: (Number(peak) * 1024) / 1e6,
};
process.stdout.write(JSON.stringify(result));
