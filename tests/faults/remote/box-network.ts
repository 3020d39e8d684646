import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Nobody has it: frames to it are dropped by the other end without a word. */
const NOBODY = '02:00:00:00:00:01';

/** What is missing for a network of the tests' own; undefined where nothing is. */
export async function missingForNetwork(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root';
  for (const [program, of] of [
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
  ] as const) {
    const isThere = await run('/bin/sh', ['-c', `command -v ${program}`]).then(
      () => true,
      () => false,
    );
    if (!isThere) return `needs ${program}: apt-get install ${of}`;
  }
  const name = `cosmos-${randomBytes(3).toString('hex')}`;
  try {
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['netns', 'delete', name]);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return 'needs network namespaces, which this machine does not allow';
  }
}

/** A network namespace at the other end of a cable, with one address; packets can be made to vanish in the cable. */
export class BoxNetwork implements AsyncDisposable {
  readonly address: string;
  readonly #ourAddress: string;
  readonly #name: string;
  readonly #near: string;
  readonly #far: string;

  private constructor() {
    const name = randomBytes(3).toString('hex');
    const [second = 0, third = 0, fourth = 0] = randomBytes(3);
    // The block that RFC 2544 keeps for tests, in fours.
    const first = `198.${18 + (second % 2)}.${third}`;
    const base = fourth & ~3;
    this.#ourAddress = `${first}.${base + 1}`;
    this.address = `${first}.${base + 2}`;
    this.#name = `cosmos-${name}`;
    this.#near = `cos${name}a`;
    this.#far = `cos${name}b`;
  }

  static async create(): Promise<BoxNetwork> {
    const network = new BoxNetwork();
    try {
      await network.#lay();
    } catch (thrown) {
      await network[Symbol.asyncDispose]();
      throw thrown;
    }
    return network;
  }

  /** Words before a program that make it a program of this network. */
  get enter(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** From now on every packet vanishes, in both directions: no refusal, no reset, no unreachable. */
  async swallow(): Promise<void> {
    const to = (address: string, device: string): readonly string[] => [
      ...['neigh', 'replace', address, 'lladdr', NOBODY],
      ...['dev', device, 'nud', 'permanent'],
    ];
    await run('ip', [...to(this.address, this.#near)]);
    await run('ip', ['-n', this.#name, ...to(this.#ourAddress, this.#far)]);
  }

  async restore(): Promise<void> {
    await run('ip', ['neigh', 'del', this.address, 'dev', this.#near]);
    await run('ip', ['-n', this.#name, 'neigh', 'del', this.#ourAddress, 'dev', this.#far]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One end of the cable goes with the other.
    for (const words of [
      ['link', 'delete', this.#near],
      ['netns', 'delete', this.#name],
    ]) {
      await run('ip', words).catch(() => undefined);
    }
  }

  async #lay(): Promise<void> {
    await run('ip', ['netns', 'add', this.#name]);
    await run('ip', ['link', 'add', this.#near, 'type', 'veth', 'peer', 'name', this.#far]);
    await run('ip', ['link', 'set', this.#far, 'netns', this.#name]);
    await run('ip', ['address', 'add', `${this.#ourAddress}/30`, 'dev', this.#near]);
    await run('ip', ['link', 'set', this.#near, 'up']);
    const inside = ['-n', this.#name];
    await run('ip', [...inside, 'address', 'add', `${this.address}/30`, 'dev', this.#far]);
    await run('ip', [...inside, 'link', 'set', this.#far, 'up']);
    await run('ip', [...inside, 'link', 'set', 'lo', 'up']);
  }
}
