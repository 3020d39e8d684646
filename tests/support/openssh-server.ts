import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshOptions } from '../../src/remote/transport/ssh/ssh-options.ts';

const SSHD = '/usr/sbin/sshd';
/** Made for the tests where they run as root: files and processes of a host belong to somebody without rights. */
const USER = 'cosmos-test';

/** Why no server can be started here; undefined where it can. */
export function missingSshd(): string | undefined {
  try {
    accessSync(SSHD);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return `${SSHD} is missing: install the package openssh-server`;
  }
}

/** The user that the server lets in, with ids where it is another one than ours. */
interface Account {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** A real OpenSSH server on a loopback port, with keys and files of its own. */
export class OpenSshServer implements AsyncDisposable {
  readonly directory: string;
  readonly port: number;
  readonly user: string;
  readonly #account: Account;
  /** Words before the server's own, such as those that put it into a network of its own. */
  readonly #through: readonly string[];
  #process: ChildProcess | undefined;
  #agent: ChildProcess | undefined;

  private constructor(directory: string, port: number, account: Account, through: readonly string[]) {
    this.#through = through;
    this.directory = directory;
    this.port = port;
    this.user = account.name;
    this.#account = account;
  }

  /** `settings`: further lines of its configuration; `through`: a program that executes the server in its place. */
  static async start(
    settings: readonly string[] = [],
    through: readonly string[] = [],
  ): Promise<OpenSshServer> {
    const directory = await mkdtemp(join(tmpdir(), 'cosmos-sshd-'));
    await chmod(directory, 0o755);
    const server = new OpenSshServer(directory, await freePort(), account(), through);
    await server.#writeFiles(settings);
    await server.restart();
    return server;
  }

  /** How a transport reaches it: the right user, key and pinned host key. */
  get options(): SshOptions {
    return {
      address: '127.0.0.1',
      port: this.port,
      user: this.user,
      keyFile: this.path('user-key'),
      knownHosts: this.path('known_hosts'),
    };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A directory that belongs to the user of the host. */
  async makeDirectory(name: string): Promise<string> {
    const path = this.path(name);
    await mkdir(path);
    await this.give(path);
    return path;
  }

  /** The user's ids on this machine. */
  get ids(): { readonly uid: number; readonly gid: number } {
    const { uid, gid } = this.#account;
    return uid !== undefined && gid !== undefined ? { uid, gid } : userInfo();
  }

  /** Makes a file or a directory the user's own. */
  async give(path: string): Promise<void> {
    const { uid, gid } = this.#account;
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }

  /**
   * Starts the server again after `stop`; with the key that it had, unless another one was made. `through`: further
   * words before the server's.
   */
  async restart(through: readonly string[] = []): Promise<void> {
    // Not `-D` alone: with `-e` the log comes to us instead of the system's.
    const words = [...this.#through, ...through, SSHD, '-D', '-e', '-f', this.path('sshd_config')];
    const child = spawn(words[0] ?? SSHD, words.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('Server listening')) resolve();
      });
      child.once('exit', () => reject(new Error(`sshd ended: ${log}`)));
    });
  }

  /** Ends the server and every connection to it; what the sessions have started lives on. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const sessions = this.sessions();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    for (const pid of sessions) end(pid);
  }

  /** Ends every connection, as a network would that forgets them; the server goes on. */
  cut(): void {
    for (const pid of this.sessions()) end(pid);
  }

  /** Process ids of the connections: the server's own children and theirs that are still sshd. */
  sessions(): readonly number[] {
    const pid = this.#process?.pid;
    return pid === undefined ? [] : sessionsOf(pid);
  }

  /** Process id of the server. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Gives the server another host key, from its next start on. */
  async changeHostKey(): Promise<void> {
    await rm(this.path('host-key'));
    makeKey(this.path('host-key'), '');
  }

  /** Lets another key in too. */
  async allow(name: string): Promise<void> {
    await appendFile(this.path('authorized_keys'), await readFile(this.path(`${name}.pub`)));
  }

  /** Starts an agent that holds the user's key and gives its socket. It ends with the server. */
  async startAgent(): Promise<string> {
    const socket = this.path('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#agent = agent;
    await once(agent.stdout, 'data');
    execFileSync('ssh-add', ['-q', this.path('user-key')], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
    });
    return socket;
  }

  /** What `ssh-keygen -l` says of the present host key. */
  fingerprint(): string {
    const shown = execFileSync('ssh-keygen', ['-lf', this.path('host-key.pub')], { encoding: 'utf8' });
    return shown.split(' ')[1] ?? '';
  }

  /** The line that pins the present host key. */
  async hostKeyLine(): Promise<string> {
    const [type, key] = (await readFile(this.path('host-key.pub'), 'utf8')).split(' ');
    return `[127.0.0.1]:${this.port} ${type} ${key?.trim()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent?.kill();
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #writeFiles(settings: readonly string[]): Promise<void> {
    makeKey(this.path('host-key'), '');
    makeKey(this.path('user-key'), '');
    makeKey(this.path('other-key'), '');
    await writeFile(this.path('authorized_keys'), await readFile(this.path('user-key.pub')));
    await chmod(this.path('authorized_keys'), 0o644);
    await writeFile(this.path('known_hosts'), `${await this.hostKeyLine()}\n`);
    const lines = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.path('host-key')}`,
      `PidFile ${this.path('sshd.pid')}`,
      `AuthorizedKeysFile ${this.path('authorized_keys')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'StrictModes no',
      'UsePAM no',
      ...(settings.some((line) => line.startsWith('Subsystem ')) ? [] : ['Subsystem sftp internal-sftp']),
      'LogLevel INFO',
      ...settings,
    ];
    await writeFile(this.path('sshd_config'), `${lines.join('\n')}\n`);
  }
}

/** Process ids of the connections to the server `pid`: its children, and theirs, that are still sshd. */
export function sessionsOf(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, name]) => ({ id: Number(id), parent: Number(parent), name: name ?? '' }));
  const found: number[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = rows.filter((row) => parents.has(row.parent) && row.name.startsWith('sshd'));
    found.push(...children.map((row) => row.id));
    parents = new Set(children.map((row) => row.id));
  }
  return found;
}

/** Makes an ed25519 key, with `.pub` beside it. */
export function makeKey(path: string, passphrase: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', path]);
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function account(): Account {
  const { username, uid } = userInfo();
  if (uid !== 0) return { name: username };
  // sshd gives its rights up in this directory, which the package makes at boot only.
  execFileSync('mkdir', ['-p', '/run/sshd']);
  try {
    return lookUp();
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
  }
  try {
    // `*`, not `!`: a locked account is refused whatever key it has.
    execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', '--password', '*', USER], {
      stdio: 'pipe',
    });
  } catch (thrown) {
    // Another test process may have made it at the same moment.
    if (!(thrown instanceof Error)) throw thrown;
  }
  return lookUp();
}

function lookUp(): Account {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, USER], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  return { name: USER, uid: id('-u'), gid: id('-g') };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}
