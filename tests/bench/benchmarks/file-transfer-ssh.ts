import { execFileSync, fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, link, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, HostName, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import { createHost } from '../../../src/remote/create-hosts.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { buildPrograms, programPath } from '../../support/programs.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { wallTime } from '../processes.ts';
import type { TransferRequest, TransferResult } from '../ssh/transfer-child.ts';

const MIB = 1024 * 1024;
const ROUNDS = 5;
const ROUND_TRIP_MS = 20;
const INSTANCE = 'in_bench000' as InstanceId;
const ATTEMPT = 'jb_bench000-a1' as AttemptId;
const CHILD = programPath('transfer-bench-child');
const PROXY = fileURLToPath(new URL('../ssh/delay-proxy.ts', import.meta.url));

type Direction = TransferRequest['direction'];

/** What a file needs to the host and back, with its proof and without, beside OpenSSH's `sftp`, which proves nothing; both connect first. */
export const fileTransferSsh: Benchmark = {
  name: 'file-transfer-ssh',
  measure: async (directory) => {
    const missing = missingSshd();
    if (missing !== undefined) throw new Error(missing);
    await buildPrograms(['transfer-bench-child']);
    await using server = await OpenSshServer.start();
    // In memory where there is room for files: the disk is not what is measured.
    const files = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : directory, 'cosmos-bench-'));
    try {
      await chmod(files, 0o755);
      const near = await Rig.make(server, files, 'near', 1024 * MIB, server.options);
      const figures = await near.measure('loopback', { up: 0.9, down: 1 });
      await near.remove();
      await using proxy = await DelayProxy.start(server);
      const far = await Rig.make(server, files, 'far', 256 * MIB, { ...server.options, port: proxy.port });
      figures.push(...(await far.measure(`${ROUND_TRIP_MS} ms round trip`, { up: 1, down: 1 })));
      return figures;
    } finally {
      await rm(files, { recursive: true, force: true });
    }
  },
};

/** A delayed way to the server. */
class DelayProxy implements AsyncDisposable {
  readonly port: number;
  readonly #process: ReturnType<typeof fork>;

  private constructor(process: ReturnType<typeof fork>, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(server: OpenSshServer): Promise<DelayProxy> {
    const process = fork(PROXY, [String(server.port), String(ROUND_TRIP_MS)]);
    const [port] = (await once(process, 'message')) as [number];
    const line = (await server.hostKeyLine()).replace(`:${server.port}`, `:${port}`);
    await appendFile(server.path('known_hosts'), `${line}\n`);
    return new DelayProxy(process, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}

/** A file here, the same as an output there, and all that measures one way to the host. */
class Rig {
  readonly #directory: string;
  readonly #workDir: string;
  readonly #ssh: SshOptions;
  readonly #bytes: number;
  readonly #sha256: Sha256;

  private constructor(directory: string, ssh: SshOptions, bytes: number, sha256: Sha256) {
    this.#directory = directory;
    this.#workDir = join(directory, 'host');
    this.#ssh = ssh;
    this.#bytes = bytes;
    this.#sha256 = sha256;
  }

  static async make(
    server: OpenSshServer,
    files: string,
    name: string,
    bytes: number,
    ssh: SshOptions,
  ): Promise<Rig> {
    const directory = join(files, name);
    await mkdir(join(directory, 'host'), { recursive: true });
    await server.give(join(directory, 'host'));
    const sha256 = await writeRandomFile(join(directory, 'source'), bytes);
    const rig = new Rig(directory, ssh, bytes, sha256);
    const host = createHost({
      ...{ workDir: rig.#workDir, instance: INSTANCE, random: systemRandom, name: 'there' as HostName, ssh },
      ...{ transport: 'ssh', engine: 'process', searchPath: '', home: directory },
    });
    await host.prepare({
      ...{ attempt: ATTEMPT, instance: INSTANCE, files: [], inputs: [], argv: ['true'], environment: {} },
      ...{ workingDirectory: '.', gpus: [], stopGraceMs: 1000 },
    });
    await host.close();
    await link(join(directory, 'source'), rig.#output);
    return rig;
  }

  async measure(way: string, goals: Readonly<Record<Direction, number>>): Promise<Figure[]> {
    const series = (): Record<Direction, number[]> => ({ up: [], down: [] });
    const [proved, alone, baselines] = [series(), series(), series()];
    const peaks: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const direction of ['up', 'down'] as const) {
        baselines[direction].push(this.#rate(await this.#sftp(direction)));
        alone[direction].push(this.#rate((await this.#ours(direction, false)).ms));
        const { ms, peakMegabytes } = await this.#ours(direction, true);
        proved[direction].push(this.#rate(ms));
        peaks.push(peakMegabytes);
      }
    }
    const megabytes = Math.round(this.#bytes / 1e6);
    const figure = (direction: Direction, isProved: boolean): Figure => ({
      name: `${direction === 'up' ? 'send' : 'collect'} ${megabytes} MB over SSH${isProved ? '' : ', the bytes alone'}, ${way}`,
      unit: 'MB/s',
      values: (isProved ? proved : alone)[direction],
      baseline: { name: 'MB/s sftp', values: baselines[direction] },
      goal: { kind: 'ratio_at_least', value: goals[direction] },
    });
    const memory: Figure = {
      name: `peak memory of these transfers, ${way}`,
      unit: 'MB',
      values: peaks,
      goal: { kind: 'at_most', value: 200 },
    };
    return [figure('up', true), figure('up', false), figure('down', true), figure('down', false), memory];
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true });
  }

  get #output(): string {
    return join(this.#workDir, 'attempts', ATTEMPT, 'out', 'result');
  }

  #rate(ms: number): number {
    return this.#bytes / 1e6 / (ms / 1000);
  }

  async #sftp(direction: Direction): Promise<number> {
    const { user, address, port, keyFile = '', knownHosts } = this.#ssh;
    const here = join(this.#directory, 'by-sftp');
    const there = join(this.#workDir, 'by-sftp');
    const batch = join(this.#directory, 'batch');
    const source = join(this.#directory, 'source');
    await writeFile(batch, direction === 'up' ? `put ${source} ${there}\n` : `get ${this.#output} ${here}\n`);
    const settings = [`UserKnownHostsFile=${knownHosts}`, 'IdentitiesOnly=yes'].flatMap((word) => [
      '-o',
      word,
    ]);
    // The cipher that ours agrees on, too.
    const words = [
      '-q',
      '-F',
      'none',
      '-b',
      batch,
      '-c',
      'aes128-gcm@openssh.com',
      '-i',
      keyFile,
      ...settings,
    ];
    const ms = await wallTime('sftp', [...words, '-P', String(port), `${user}@${address}`]);
    await rm(direction === 'up' ? there : here);
    return ms;
  }

  async #ours(direction: Direction, isProved: boolean): Promise<TransferResult> {
    const file = join(this.#directory, direction === 'up' ? 'source' : 'result');
    const request: TransferRequest = {
      ...{
        direction,
        isProved,
        file,
        ssh: this.#ssh,
        workDir: this.#workDir,
        instance: INSTANCE,
        attempt: ATTEMPT,
      },
      ...{ sha256: this.#sha256, bytes: this.#bytes },
    };
    const words = [CHILD, JSON.stringify(request)];
    const answer = execFileSync(process.execPath, words, { encoding: 'utf8' });
    const assets = join(this.#workDir, 'assets');
    for (const name of await readdir(assets)) await rm(join(assets, name));
    await rm(join(this.#directory, 'result'), { force: true });
    return JSON.parse(answer) as TransferResult;
  }
}

async function writeRandomFile(path: string, bytes: number): Promise<Sha256> {
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  try {
    for (let written = 0; written < bytes; written += 8 * MIB) {
      const block = randomBytes(8 * MIB);
      hash.update(block);
      await file.write(block);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex') as Sha256;
}
