import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingSshd, OpenSshServer } from '../support/openssh-server.ts';
import { makeClip } from '../support/sample-clips.ts';
import { missingDocker, openDocker } from './docker-choice.ts';
import { CLIP_IN_IMAGE, importStandIn } from './stand-in-image.ts';

/** What the box tells whoever started it. */
export type BoxMessage =
  | { readonly kind: 'missing'; readonly what: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string }
  | ({ readonly kind: 'ready' } & BoxFacts);

/** What a configuration needs to know of the box. */
export interface BoxFacts {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly hostKeyFile: string;
  readonly workDirectory: string;
  readonly dockerCommand: readonly string[];
  readonly isOwnDocker: boolean;
  readonly image: string;
  readonly clipInImage: string;
}

/** What the box is told: the process that it ends together with itself. */
export interface BoxOrder {
  readonly companion: number | null;
}

/** The two GPUs of the box, as its `nvidia-smi` tells them: the bot asks it, and a lane names a card by its index. */
const NVIDIA_SMI = `#!/bin/sh
case "$*" in
  *--query-gpu=*)
    echo '0, GPU-57a4d100-0000-0000-0000-000000000000, 1, 49140, 0, 31, 18.00, [N/A], stand-in'
    echo '1, GPU-57a4d100-0000-0000-0000-000000000001, 1, 49140, 0, 30, 17.00, [N/A], stand-in'
    ;;
esac
`;

// A process of its own that outlives nobody: however the demo ends, kill -9 included, its end closes the channel
// between them, and the box is taken down.
const over = Promise.withResolvers<void>();
let companion: number | null = null;
process.on('disconnect', over.resolve);
process.on('SIGTERM', () => over.resolve());
process.on('SIGINT', () => over.resolve());
process.on('message', (order: BoxOrder) => {
  companion = order.companion;
});
await live();
if (process.connected) process.disconnect();

async function live(): Promise<void> {
  const what = [missingSshd(), await missingDocker()].filter((text) => text !== undefined);
  if (what.length > 0) {
    tell({ kind: 'missing', what });
    return;
  }
  try {
    await using stack = new AsyncDisposableStack();
    tell({ kind: 'ready', ...(await build(stack)) });
    await over.promise;
    if (companion !== null) end(companion);
  } catch (thrown) {
    tell({ kind: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

async function build(stack: AsyncDisposableStack): Promise<BoxFacts> {
  const directory = await mkdtemp(join(tmpdir(), 'cosmos-box-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const programs = join(directory, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'nvidia-smi'), NVIDIA_SMI, { mode: 0o755 });
  // Looked for and not called: the containers of the box ask for no GPU.
  await writeFile(join(programs, 'nvidia-ctk'), '#!/bin/sh\n', { mode: 0o755 });
  const searchPath = [programs, process.env['PATH'] ?? '/usr/bin:/bin'].join(':');

  const image = `cosmos-transfer1-stand-in:${randomBytes(4).toString('hex')}`;
  const clip = await makeClip(join(directory, 'clip.mp4'), {
    ...{ width: 640, height: 352, frames: 120, view: 'depth' },
  });
  const server = stack.use(await OpenSshServer.start([`SetEnv PATH="${searchPath}"`]));
  const docker = stack.use(await openDocker(image));
  await docker.openTo(server.ids);
  await importStandIn((...words) => docker.docker(...words), { name: image, clip, directory });
  return {
    ...{ port: server.port, user: server.user, image, clipInImage: CLIP_IN_IMAGE },
    ...{ keyFile: server.path('user-key'), hostKeyFile: server.path('host-key.pub') },
    ...{ dockerCommand: docker.command, isOwnDocker: docker.isOwn },
    workDirectory: await server.makeDirectory('cosmos'),
  };
}

function tell(message: BoxMessage): void {
  if (process.connected) process.send?.(message);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}
