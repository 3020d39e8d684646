import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const STAND_IN = fileURLToPath(new URL('../fixtures/transfer1/torchrun', import.meta.url));
const BUSYBOX = '/bin/busybox';
/** What the bot's wrapper, the stand-in and giving files back need. */
const PROGRAMS = [
  'cat',
  'chmod',
  'chown',
  'date',
  'dd',
  'dirname',
  'echo',
  'env',
  'head',
  'id',
  'kill',
  'ls',
];
const MORE_PROGRAMS = ['mkdir', 'mv', 'ps', 'rm', 'sh', 'sleep', 'tail', 'test', 'touch', 'wc'];

/** Where the image has the clip that the stand-in hands back. */
export const CLIP_IN_IMAGE = '/clip.mp4';

/**
 * Makes the image `name` from nothing but a static busybox, the stand-in for Cosmos-Transfer1 and a clip: no image
 * registry is asked. `docker` runs Docker with the given words; `directory` is an empty folder for its file system.
 */
export async function importStandIn(
  docker: (...words: readonly string[]) => Promise<string>,
  options: { readonly name: string; readonly clip: string; readonly directory: string },
): Promise<void> {
  const root = join(options.directory, 'root');
  const script = join(root, 'workspace/cosmos_transfer1/diffusion/inference/transfer.py');
  for (const path of ['bin', 'workspace/checkpoints', join(script, '..').slice(root.length)]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(script, '');
  await cp(BUSYBOX, join(root, 'bin/busybox'));
  for (const program of [...PROGRAMS, ...MORE_PROGRAMS]) {
    await symlink('busybox', join(root, 'bin', program));
  }
  await cp(STAND_IN, join(root, 'bin/torchrun'));
  await chmod(join(root, 'bin/torchrun'), 0o755);
  await cp(options.clip, join(root, CLIP_IN_IMAGE));
  const tar = join(options.directory, 'root.tar');
  await run('tar', ['-C', root, '--owner=0', '--group=0', '-cf', tar, '.']);
  await docker('import', tar, options.name);
}
