import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { stringify } from 'smol-toml';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { makeSample } from '../../src/core/media/make-sample.ts';
import { LAUNCHER } from '../support/launcher.ts';
import { DemoBox, type Missing } from './demo-box.ts';
import type { BoxFacts } from './gpu-box.ts';

/**
 * `npm run demo:remote`: the way of a run on a GPU host behind SSH and Docker, by the commands that a user types. The host
 * is a box on this machine that ends with the demo, and its model is a stand-in.
 */

const DIRECTORY = resolve('cosmos-demo-remote');
const HOST = 'gpu-box';
const TEXT = 'A rainy neon street at night, cinematic';
const CLIP = 'street.mp4';
/** How long each of the nine steps of the stand-in takes, seconds: long enough to be seen. */
const PAUSE = '0.8';
const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };
/** Exit codes of a shell for its child's signals. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

let running: ReturnType<typeof spawn> | undefined;
let stoppedBy: keyof typeof SIGNALS | undefined;
for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
  process.on(signal, () => {
    stoppedBy ??= signal;
    // One that came from the keyboard has reached it already; a second one ends it at once.
    if (signal !== 'SIGINT') running?.kill('SIGTERM');
  });
}
process.exitCode = await demo();

async function demo(): Promise<number> {
  say('Making a GPU host in a box: an SSH server and Docker on this machine, with a stand-in for');
  say('Cosmos-Transfer1. It prints what the model prints and hands back a prepared clip: nothing');
  say('is generated, and the two GPUs of the box are invented.\n');
  await using box = await DemoBox.open();
  const opened = await box.opened;
  if ('missing' in opened) return explainMissing(opened);
  if (stoppedBy !== undefined) return leave(stoppedBy);
  say(`  SSH     127.0.0.1 port ${opened.port}, user ${opened.user}, keys made just now`);
  say(
    `  Docker  ${opened.isOwnDocker ? 'an engine of its own' : 'the engine of this machine'}, image ${opened.image}`,
  );
  say(
    `  bot     ${relative(process.cwd(), DIRECTORY)}/cosmos.toml: ssh, docker, two lanes of one GPU each\n`,
  );
  await writeFiles(opened);

  typed(`ssh-keygen -lf host-key.pub`, 'on the box: compare it with what the bot is shown');
  const fingerprint = execFileSync('ssh-keygen', ['-lf', opened.hostKeyFile], { encoding: 'utf8' });
  say(fingerprint);
  const steps = async (): Promise<number> => {
    const trusted = await show(box, ['host', 'trust', HOST, '--yes']);
    if (trusted !== 0) return trusted;
    // What it finds wrong (a full disk, say) need not keep the run from its end.
    await show(box, ['host', 'check', HOST]);
    const created = await show(box, ['create', 'prompt', TEXT, CLIP]);
    if (created !== 0) return created;
    const prompt = newest(await answer(box, ['list', 'prompts', '--json', '--limit', '1']));
    return await show(box, ['inference', prompt.id, '--wait']);
  };
  const code = await steps();
  if (stoppedBy !== undefined) return leave(stoppedBy);
  if (code !== 0) return code;
  const run = newest(await answer(box, ['list', 'runs', '--json', '--limit', '1']));
  const path = run.outputs?.find(({ purpose }) => purpose === 'primary')?.path;
  if (path === undefined) return 1;
  const facts = await new ChildMediaWorker().verify(path, LIMITS);
  if (facts.kind !== 'video') return 1;
  const shown = relative(process.cwd(), path);
  say(`The finished video, which the stand-in had ready:\n  ${shown}`);
  say(
    `  ${facts.width}×${facts.height}, ${facts.frames} frames, ${facts.fps} fps, came over SFTP, decoded to its end`,
  );
  say(`Look at it again: cd ${relative(process.cwd(), DIRECTORY)} && npx cosmos show ${run.id}`);
  say('The box is taken down now. A real GPU host: docs/gpu-host.md');
  return 0;
}

async function writeFiles(box: BoxFacts): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  // Each box has a key of its own, and may have the port of an earlier one.
  await rm(join(DIRECTORY, 'known_hosts'), { force: true });
  const config = {
    hosts: [
      {
        ...{ name: HOST, transport: 'ssh', address: '127.0.0.1', port: box.port, user: box.user },
        ...{ key_file: box.keyFile, known_hosts: 'known_hosts', work_dir: box.workDirectory },
        ...{ engine: 'docker', docker_command: [...box.dockerCommand] },
        lanes: [
          { name: 'gpu0', gpus: [0] },
          { name: 'gpu1', gpus: [1] },
        ],
        models: {
          transfer1: {
            command: { environment: { TRANSFER1_CLIP: box.clipInImage, TRANSFER1_PAUSE: PAUSE } },
            // The stand-in needs no GPU, and its image holds what a real one is given by mounts.
            container: { image: box.image, gpu_flags: [], mounts: [], user: 'host', network: 'none' },
          },
        },
      },
    ],
  };
  await writeFile(join(DIRECTORY, 'cosmos.toml'), `${stringify(config)}\n`);
  await makeSample(join(DIRECTORY, CLIP));
}

/** Runs a command of the bot as a user does, with what it shows on this screen. */
async function show(box: DemoBox, words: readonly string[]): Promise<number> {
  if (stoppedBy !== undefined) return SIGNALS[stoppedBy];
  typed(['npx', 'cosmos', ...words.map(quoted)].join(' '));
  const code = await run(box, words, 'inherit');
  say('');
  return code;
}

/** What a command prints for programs. */
async function answer(box: DemoBox, words: readonly string[]): Promise<unknown> {
  let text = '';
  const code = await run(box, words, 'pipe', (chunk) => {
    text += chunk;
  });
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return JSON.parse(text);
}

async function run(
  box: DemoBox,
  words: readonly string[],
  out: 'inherit' | 'pipe',
  read: (text: string) => void = () => undefined,
): Promise<number> {
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    cwd: DIRECTORY,
    stdio: ['ignore', out, 'inherit'],
  });
  running = child;
  box.setCompanion(child.pid ?? null);
  child.stdout?.on('data', (chunk: Buffer) => read(chunk.toString()));
  const [code]: (number | null)[] = await once(child, 'close');
  running = undefined;
  box.setCompanion(null);
  return code ?? 1;
}

interface Row {
  readonly id: string;
  readonly outputs?: readonly { readonly purpose: string; readonly path: string }[];
}

function newest(rows: unknown): Row {
  const [row] = rows as readonly Row[];
  if (row === undefined) throw new Error('nothing is listed');
  return row;
}

function explainMissing({ missing }: Missing): number {
  process.stderr.write('The demo cannot make its GPU host here:\n');
  for (const what of missing) process.stderr.write(`  - ${what}\n`);
  process.stderr.write('On Debian or Ubuntu all of it comes with:\n');
  process.stderr.write('  sudo apt-get install openssh-server docker.io busybox-static\n');
  process.stderr.write(
    'As root the demo starts a Docker engine of its own; other users need one that they may use.\n',
  );
  process.stderr.write('Without any of this: npm run demo\n');
  return 1;
}

function leave(signal: keyof typeof SIGNALS): number {
  process.stderr.write('Interrupted: the box is taken down, and what ran in it with it.\n');
  return SIGNALS[signal];
}

function typed(command: string, remark?: string): void {
  const line = `$ ${command}`;
  const bold = process.stdout.isTTY === true && process.stdout.hasColors();
  const after = remark === undefined ? '' : `   # ${remark}`;
  say(bold ? `\u001b[1m${line}\u001b[22m${after}` : `${line}${after}`);
}

function quoted(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `"${word}"`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
