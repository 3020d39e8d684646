import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, HostName, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import { createHost } from '../../../src/remote/create-hosts.ts';
import { moveBlocks } from '../../../src/remote/transfer/blocks.ts';
import { moverFromHost, moverToHost } from '../../../src/remote/transfer/movers.ts';
import { SshConnection } from '../../../src/remote/transport/ssh/ssh-connection.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';

export interface TransferRequest {
  readonly direction: 'up' | 'down';
  /** Without: the bytes alone, and nothing of what the bot does around them. */
  readonly isProved: boolean;
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

/** One transfer in a process of its own. */
const request = JSON.parse(process.argv[2] ?? '') as TransferRequest;
const begun = performance.now();
const close = await (request.isProved ? moveAsBot() : moveBytes());
const ended = performance.now();
await close();
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const result: TransferResult = {
  ms: ended - begun,
  peakMegabytes: (Number(peak) * 1024) / 1e6,
};
process.stdout.write(JSON.stringify(result));

async function moveAsBot(): Promise<() => Promise<void>> {
  const { direction, ssh, workDir, instance, attempt, file, sha256, bytes } = request;
  const host = createHost({
    ...{ workDir, instance, ssh, random: systemRandom, name: 'there' as HostName, home: '/', searchPath: '' },
    ...{ transport: 'ssh', engine: 'process' },
  });
  await host.identify();
  if (direction === 'up') await host.putAsset({ path: file, sha256, bytes }, () => undefined);
  else await host.fetchOutput(attempt, 'result', file, () => undefined);
  return () => host.close();
}

async function moveBytes(): Promise<() => Promise<void>> {
  const { direction, ssh, workDir, attempt, bytes } = request;
  const connection = new SshConnection(ssh);
  const isUp = direction === 'up';
  const path = isUp ? `${workDir}/assets/unproved` : `${workDir}/attempts/${attempt}/out/result`;
  const file = await open(request.file, isUp ? 'r' : 'wx');
  if (isUp) {
    await connection.files(async (session) =>
      session.closeHandle(await session.createExclusively(path, 0o644)),
    );
  }
  await moveBlocks({
    ...{ connection, path, size: bytes, keptBytes: 0, signal: undefined, onProgress: () => undefined },
    ...(isUp ? { flags: 'r+', mover: moverToHost(file) } : { flags: 'r', mover: moverFromHost(file) }),
  });
  await file.close();
  return () => connection.close();
}
