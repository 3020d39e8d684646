import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { AttemptId, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import type { Host, HostAsset } from '../../../src/core/ports/host.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { BLOCK_BYTES, WINDOW_BLOCKS } from '../../../src/remote/transfer/block-queue.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import { SshTransport } from '../../../src/remote/transport/ssh/ssh-transport.ts';
import { CountingProxy } from '../../support/counting-proxy.ts';
import type { OpenSshServer } from '../../support/openssh-server.ts';
import { programPath } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeHost, scriptPlan } from '../remote/process-host.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';
import type { ChildRequest } from './transfer-child.ts';

const BLOCKS = 80;
const BYTES = BLOCKS * BLOCK_BYTES;
/** What passes again at most of what had passed, with what was still in buffers on the way, and what SSH itself needs. */
const AGAIN_BYTES = (WINDOW_BLOCKS + 12) * BLOCK_BYTES;
const CUT_AT_BYTES = (BYTES * 3) / 4;
const ATTEMPT = 'jb_resume00-a1' as AttemptId;
const CHILD = programPath('transfer-child');
const ignore = (): void => undefined;
const MOUNT = 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d" && rmdir "$d"';
const canMount = spawnSync('sh', ['-c', MOUNT]).status === 0;

let server: OpenSshServer;
let proxy: CountingProxy;
let ssh: SshOptions;
let here: string;
let workDir: string;
let lock: string;
let bytes: Buffer;
let asset: HostAsset;

describeWithSshd('transfers that are cut off', () => {
  beforeEach(async () => {
    server = await startServer();
    proxy = await CountingProxy.to(server.port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const line = (await server.hostKeyLine()).replace(`:${server.port}`, `:${proxy.port}`);
    await appendFile(server.path('known_hosts'), `${line}\n`);
    ssh = { ...server.options, port: proxy.port };
    here = await temporaryDirectory();
    workDir = await server.makeDirectory('work');
    lock = join(here, 'uploads.lock');
    bytes = randomBytes(BYTES);
    asset = await assetOf('clip.mp4', bytes);
  });

  it('sends only the rest of an upload whose process was killed', async () => {
    const sent = await killInTheMiddle('up', { do: 'put', asset });
    expect(await partials()).toEqual([
      expect.stringMatching(new RegExp(`^\\.${asset.sha256}\\.[0-9a-f]{12}$`)),
    ]);
    const seen: number[] = [];
    await openHost().putAsset(asset, (done) => seen.push(done));
    expect(proxy.up).toBeLessThan(BYTES - sent + AGAIN_BYTES);
    expect(seen.find((done) => done > 0)).toBeGreaterThan(BLOCK_BYTES);
    expect(await onHost()).toBe(asset.sha256);
    expect(await partials()).toEqual([]);
  });

  it('receives only the rest of a download whose process was killed', async () => {
    await makeOutput(bytes);
    const to = join(here, 'fetched', 'result.mp4');
    await mkdir(join(here, 'fetched'));
    const received = await killInTheMiddle('down', { do: 'fetch', attempt: ATTEMPT, path: 'result.mp4', to });
    expect(await readdir(join(here, 'fetched'))).toEqual([
      expect.stringMatching(/^\.result\.mp4\.[0-9a-f]{12}$/),
    ]);
    const stored = await openHost().fetchOutput(ATTEMPT, 'result.mp4', to, ignore);
    expect(proxy.down).toBeLessThan(BYTES - received + AGAIN_BYTES);
    expect(stored).toEqual({ sha256: asset.sha256, bytes: BYTES });
    expect(await digest(to)).toBe(asset.sha256);
    expect(await readdir(join(here, 'fetched'))).toEqual(['result.mp4']);
  });

  it('moves nothing twice but what was on the way when the connection broke', async () => {
    const host = openHost();
    await makeOutput(bytes);
    proxy.reset();
    await host.putAsset(asset, cutOnce());
    expect(proxy.up).toBeLessThan(BYTES + AGAIN_BYTES);
    expect(await onHost()).toBe(asset.sha256);
    proxy.reset();
    const to = join(here, 'result.mp4');
    await host.fetchOutput(ATTEMPT, 'result.mp4', to, cutOnce());
    expect(proxy.down).toBeLessThan(BYTES + AGAIN_BYTES);
    expect(await digest(to)).toBe(asset.sha256);
  });

  it('begins anew where the host has lost an unfinished upload while it was away', async () => {
    let isLost = false;
    const lose = (done: number): void => {
      if (isLost || done < CUT_AT_BYTES) return;
      isLost = true;
      for (const name of readdirSync(join(workDir, 'assets'))) rmSync(join(workDir, 'assets', name));
      proxy.cut();
    };
    await openHost().putAsset(asset, lose);
    expect(isLost).toBe(true);
    expect(proxy.up).toBeGreaterThan(CUT_AT_BYTES + BYTES);
    expect(await onHost()).toBe(asset.sha256);
    expect(await partials()).toEqual([]);
  });

  it('goes on after a caller who gave up, as a bot does that is stopped', async () => {
    const giveUp = new AbortController();
    const stopInTheMiddle = (done: number): void => {
      if (done > CUT_AT_BYTES) giveUp.abort(new Error('stopped'));
    };
    await expect(openHost().putAsset(asset, stopInTheMiddle, giveUp.signal)).rejects.toThrow('stopped');
    const sent = proxy.up;
    proxy.reset();
    await closeHosts();
    await openHost().putAsset(asset, ignore);
    expect(proxy.up).toBeLessThan(BYTES - sent + AGAIN_BYTES);
    expect(await onHost()).toBe(asset.sha256);
  });

  it('sends everything anew, once, where what an upload has left is wrong', async () => {
    await killInTheMiddle('up', { do: 'put', asset });
    await spoil(join(workDir, 'assets', await onlyPartial()));
    await openHost().putAsset(asset, ignore);
    expect(proxy.up).toBeGreaterThan(BYTES);
    expect(proxy.up).toBeLessThan(2 * BYTES + AGAIN_BYTES);
    expect(await onHost()).toBe(asset.sha256);
    expect(await partials()).toEqual([]);
  });

  it('receives everything anew, once, where what a download has left is wrong', async () => {
    await makeOutput(bytes);
    const to = join(here, 'fetched', 'result.mp4');
    await mkdir(join(here, 'fetched'));
    await killInTheMiddle('down', { do: 'fetch', attempt: ATTEMPT, path: 'result.mp4', to });
    const [partial = ''] = await readdir(join(here, 'fetched'));
    await spoil(join(here, 'fetched', partial));
    await openHost().fetchOutput(ATTEMPT, 'result.mp4', to, ignore);
    expect(proxy.down).toBeGreaterThan(BYTES);
    expect(await digest(to)).toBe(asset.sha256);
    expect(await readdir(join(here, 'fetched'))).toEqual(['result.mp4']);
  });

  it('takes no changed file for the asset, and leaves nothing of it', async () => {
    await killInTheMiddle('up', { do: 'put', asset });
    await spoil(asset.path, BYTES - 1);
    await expect(openHost().putAsset(asset, ignore)).rejects.toMatchObject({ code: 'transfer.corrupt' });
    expect(await readdir(join(workDir, 'assets'))).toEqual([]);
  });

  it('begins a download anew where the file on the host is another one now, and forgets the old one', async () => {
    await makeOutput(bytes);
    const to = join(here, 'fetched', 'result.mp4');
    await mkdir(join(here, 'fetched'));
    await killInTheMiddle('down', { do: 'fetch', attempt: ATTEMPT, path: 'result.mp4', to });
    const other = randomBytes(BYTES);
    await makeOutput(other);
    const time = Date.now() / 1000 + 60;
    await utimes(outputPath(), time, time);
    await openHost().fetchOutput(ATTEMPT, 'result.mp4', to, ignore);
    expect(await digest(to)).toBe(createHash('sha256').update(other).digest('hex'));
    expect(await readdir(join(here, 'fetched'))).toEqual(['result.mp4']);
  });

  it.skipIf(!canMount)(
    'leaves nothing of a file for which a disk has no room (needs the right to mount)',
    async () => {
      await makeOutput(bytes);
      const small = await server.makeDirectory('small');
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'none', small]);
      try {
        const fetched = openHost().fetchOutput(ATTEMPT, 'result.mp4', join(small, 'result.mp4'), ignore);
        await expect(fetched).rejects.toMatchObject({ code: 'transfer.disk_full' });
        expect(await readdir(small)).toEqual([]);
        const transport = new SshTransport(ssh);
        onTestFinished(() => transport.close());
        await server.give(small);
        const sent = transport.upload(asset.path, join(small, 'asset'), { onProgress: ignore, resume: true });
        await expect(sent).rejects.toMatchObject({ name: 'FileFault', reason: 'full' });
      } finally {
        // The host's hash of the file is ended without waiting for it, and may still have the file open.
        execFileSync('umount', ['-l', small]);
      }
    },
  );

  it('goes on with a whole file that lacked only its name', async () => {
    await openHost().putAsset(asset, ignore);
    const sent = proxy.up;
    await closeHosts();
    const path = join(workDir, 'assets', asset.sha256);
    const [hold] = (await readdir(join(workDir, 'assets'))).filter((name) => name.endsWith('.hold'));
    if (hold !== undefined) await rm(join(workDir, 'assets', hold));
    await killInTheMiddle('up', { do: 'put', asset: await assetOf('other', randomBytes(BYTES)) });
    const mark = (await onlyPartial()).split('.').at(-1);
    await rm(join(workDir, 'assets', await onlyPartial()));
    // As it is between the change of its mode and that of its name.
    await rename(path, join(workDir, 'assets', `.${asset.sha256}.${mark}`));
    proxy.reset();
    await openHost().putAsset(asset, ignore);
    expect(proxy.up).toBeLessThan(sent / 2);
    expect(await onHost()).toBe(asset.sha256);
  });

  it('brings an asset once that two lanes ask for at once', async () => {
    const host = openHost();
    await Promise.all([host.putAsset(asset, ignore), host.putAsset(asset, ignore)]);
    expect(proxy.up).toBeLessThan(BYTES + AGAIN_BYTES);
    expect(await onHost()).toBe(asset.sha256);
  });

  it('lets two bots, and two processes of one bot, bring the same asset at once into files of their own', async () => {
    const hosts = [
      openHost(),
      // The right is taken: this stands for another process of the same bot.
      openHost({ lock }),
      openHost({ instance: 'in_other000' as InstanceId, lock: join(here, 'other.lock') }),
    ];
    // What is there when each has brought its first block.
    const looks: Promise<string[]>[] = [];
    const onProgress = (done: number): void => {
      if (done === BLOCK_BYTES) looks.push(partials());
    };
    await Promise.all(hosts.map((host) => host.putAsset(asset, onProgress)));
    expect(new Set((await Promise.all(looks)).flat()).size).toBe(hosts.length);
    expect(await onHost()).toBe(asset.sha256);
    expect(await partials()).toEqual([]);
  });
});

const hosts: Host[] = [];

function openHost(options: { instance?: InstanceId; lock?: string } = {}): Host {
  const host = makeHost({
    ...{ workDir, ssh, transport: 'ssh' },
    ...(options.instance && { instance: options.instance }),
    takeUploadRight: () => ExclusiveLock.tryAcquire(options.lock ?? lock),
  });
  hosts.push(host);
  onTestFinished(() => host.close());
  return host;
}

async function closeHosts(): Promise<void> {
  for (const host of hosts.splice(0)) await host.close();
}

async function assetOf(name: string, content: Buffer): Promise<HostAsset> {
  const path = join(here, name);
  await writeFile(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex') as Sha256;
  return { path, sha256, bytes: content.length };
}

/** Kills a process in the middle of its transfer; returns the bytes that had passed. */
async function killInTheMiddle(direction: 'up' | 'down', work: ChildRequest['work']): Promise<number> {
  await closeHosts();
  proxy.reset();
  const request: ChildRequest = { ssh, workDir, lock, work };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(request)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([proxy.until(direction, CUT_AT_BYTES), ended]);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  await untilNobodyWrites();
  const passed = proxy[direction];
  proxy.reset();
  return passed;
}

/** Until the server has noticed that its client is gone: what was on the way is written then. */
async function untilNobodyWrites(): Promise<void> {
  while (server.sessions().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

function outputPath(): string {
  return join(workDir, 'attempts', ATTEMPT, 'out', 'result.mp4');
}

async function makeOutput(content: Buffer): Promise<void> {
  await openHost().prepare(scriptPlan(ATTEMPT, 'true'));
  await writeFile(outputPath(), content);
}

/** Cuts the connection in the middle. */
function cutOnce(): (done: number) => void {
  let isCut = false;
  return (done) => {
    if (isCut || done < CUT_AT_BYTES) return;
    isCut = true;
    proxy.cut();
  };
}

async function partials(): Promise<string[]> {
  const names = await readdir(join(workDir, 'assets'));
  return names.filter((name) => name.startsWith('.') && !name.endsWith('.hold'));
}

async function onlyPartial(): Promise<string> {
  const [name, ...others] = await partials();
  expect(others).toEqual([]);
  return name ?? '';
}

/** What the asset on the host is, in truth. */
function onHost(): Promise<string> {
  return digest(join(workDir, 'assets', asset.sha256));
}

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Changes a byte, and neither size nor owner. */
async function spoil(path: string, position = 1000): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await stat(path);
    expect(size).toBeGreaterThan(AGAIN_BYTES);
    await file.write(Buffer.from([((bytes[position] ?? 0) + 1) % 256]), 0, 1, position);
  } finally {
    await file.close();
  }
}
