import { randomBytes } from 'node:crypto';
import type { AttemptId } from '../../../src/core/ids.ts';
import type { HostAsset } from '../../../src/core/ports/host.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import { makeHost } from '../remote/process-host.ts';

export interface ChildRequest {
  readonly ssh: SshOptions;
  readonly workDir: string;
  readonly lock: string;
  readonly work:
    | { readonly do: 'put'; readonly asset: HostAsset }
    | { readonly do: 'fetch'; readonly attempt: AttemptId; readonly path: string; readonly to: string };
}

/** A process that moves one file, to be killed. */
const { ssh, workDir, lock, work } = JSON.parse(process.argv[2] ?? '') as ChildRequest;
const host = makeHost({
  ...{ workDir, ssh, transport: 'ssh', random: { bytes: (count) => randomBytes(count) } },
  takeUploadRight: () => ExclusiveLock.tryAcquire(lock),
});
if (work.do === 'put') await host.putAsset(work.asset, () => undefined);
else await host.fetchOutput(work.attempt, work.path, work.to, () => undefined);
await host.close();
