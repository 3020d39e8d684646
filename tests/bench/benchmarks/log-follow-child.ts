import { once } from 'node:events';
import { link, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, HostName, InstanceId } from '../../../src/core/ids.ts';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { LogMirror } from '../../../src/core/runner/log-mirror.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { createHost } from '../../../src/remote/create-hosts.ts';
import { must } from '../bot.ts';

export interface FollowRequest {
  readonly log: string;
  readonly bytes: number;
  readonly directory: string;
}

export interface FollowResult {
  readonly ms: number;
  readonly peakMegabytes: number;
}

/** A profile with stages, a bar, a marker and failure signatures. */
const MODEL = 'preview';
const MODELS = fileURLToPath(new URL('../../../config/models', import.meta.url));
const ATTEMPT = 'jb_bench000-a1' as AttemptId;

const [request] = (await once(process, 'message')) as [FollowRequest];
const workDir = join(request.directory, 'host');
await mkdir(join(workDir, 'attempts', ATTEMPT), { recursive: true });
await link(request.log, join(workDir, 'attempts', ATTEMPT, 'run.log'));
const profile = must(await loadCatalogue({ directory: MODELS })).get(MODEL);
if (profile === undefined) throw new Error(`there is no profile ${MODEL}`);
const host = createHost({
  ...{ workDir, random: systemRandom, name: 'here' as HostName, instance: 'in_bench000' as InstanceId },
  ...{ transport: 'local', engine: 'process', searchPath: process.env.PATH ?? '', home: request.directory },
});
const tracker = new ProgressTracker(profile);
// Not the peak that the system has counted: that one begins with the memory of the process that forked this one.
let peakBytes = 0;
const begun = performance.now();
{
  const copy = join(request.directory, 'copy.log');
  await using mirror = await LogMirror.open(host, ATTEMPT, copy, (bytes) => tracker.feed(bytes));
  const receive = (bytes: Uint8Array): void => {
    tracker.feed(bytes);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  const { received } = await mirror.follow(receive, new AbortController().signal);
  if (received !== request.bytes) throw new Error(`${received} of ${request.bytes} bytes were followed`);
}
const ms = performance.now() - begun;
await host.close();
const result: FollowResult = { ms, peakMegabytes: peakBytes / 1e6 };
process.send?.(result, () => process.disconnect());
