import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { missingDocker } from '../demo/docker-choice.ts';
import { missingSshd } from '../support/openssh-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('../demo/remote.ts', import.meta.url));
const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };

const missing = missingSshd() ?? (await missingDocker());

describe.skipIf(missing !== undefined)(`npm run demo:remote${missing ? ` (${missing})` : ''}`, () => {
  it('plays the whole way over SSH and Docker and leaves nothing but the finished video', async () => {
    const place = await makePlace();
    const { demo, lines } = start(place);
    const said: string[] = [];
    for await (const line of lines) said.push(line);
    const [code] = await ended(demo);
    const out = said.join('\n');
    expect(code, out).toBe(0);
    expect(out).toMatch(/It prints what the model prints and hands back a prepared clip/);
    const [shown, trusted] = [...out.matchAll(/SHA256:\S+/g)].map(([fingerprint]) => fingerprint);
    expect(trusted).toBe(shown);
    expect(out).not.toContain('✖');
    expect(out).toMatch(/^\$ npx cosmos inference ps_\w+ --wait$/m);
    expect(out).toMatch(/▶ rs_\w+ {2}\d+ % {2}\S/);
    const path = /^ {2}(\S+0-output\.mp4)$/m.exec(out)?.[1] ?? '';
    const facts = await new ChildMediaWorker().verify(join(place.directory, path), LIMITS);
    expect(facts).toMatchObject({ kind: 'video', frames: 120, fps: 24, width: 640, height: 352 });
    expect(await boxesOf(place)).toEqual([]);
    expect(await processesOf(place)).toEqual([]);
  });

  it('leaves nothing running when it is killed with a run on its host', async () => {
    const place = await makePlace();
    const { demo, lines } = start(place);
    for await (const line of lines) if (/▶ rs_\w+ {2}\d+ % /.test(line)) break;
    demo.kill('SIGKILL');
    await ended(demo);
    // The box takes itself down: nobody is left who would wait for it.
    while ((await boxesOf(place)).length > 0 || (await processesOf(place)).length > 0) await after(100);
  });

  it('takes the box down and says so when it is told to stop', async () => {
    const place = await makePlace();
    const { demo, lines } = start(place);
    let errors = '';
    demo.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    for await (const line of lines) {
      if (line.includes('npx cosmos host check')) demo.kill('SIGTERM');
    }
    expect(await ended(demo)).toEqual([143, null]);
    expect(errors).toContain('the box is taken down');
    expect(await boxesOf(place)).toEqual([]);
    expect(await processesOf(place)).toEqual([]);
  });
});

it('says what is missing for the demo on a GPU host, and how to get it', async () => {
  const place = await makePlace();
  // Nothing but Node is found here.
  const { demo } = start({ ...place, searchPath: join(process.execPath, '..') });
  let errors = '';
  for await (const chunk of demo.stderr) errors += String(chunk);
  expect(demo.exitCode ?? (await ended(demo))[0]).toBe(1);
  expect(errors).toMatch(/^ {2}- needs /m);
  expect(errors).toContain('apt-get install openssh-server docker.io busybox-static');
});

interface Place {
  readonly directory: string;
  /** Where boxes have their files. */
  readonly boxes: string;
  readonly searchPath?: string;
}

async function makePlace(): Promise<Place> {
  const directory = await temporaryDirectory();
  const boxes = await temporaryDirectory();
  // The user of the box has files there, and is somebody else.
  await chmod(boxes, 0o755);
  return { directory, boxes };
}

function start({ directory, boxes, searchPath }: Place) {
  const demo = spawn(process.execPath, [PROGRAM], {
    cwd: directory,
    env: { PATH: searchPath ?? process.env['PATH'], HOME: directory, TMPDIR: boxes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { demo, lines: createInterface({ input: demo.stdout }) };
}

async function ended(demo: ReturnType<typeof start>['demo']): Promise<[number | null, string | null]> {
  if (demo.exitCode === null && demo.signalCode === null) await once(demo, 'exit');
  return [demo.exitCode, demo.signalCode];
}

/** What boxes have left; Node keeps a cache of its own beside it. */
async function boxesOf({ boxes }: Place): Promise<readonly string[]> {
  return (await readdir(boxes)).filter((name) => name.startsWith('cosmos-'));
}

/** Command lines of what works in the folders of a place. */
async function processesOf({ directory, boxes }: Place): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(boxes) || line.includes(directory)) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}
