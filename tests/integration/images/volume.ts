import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerDaemon } from '../../support/docker-daemon.ts';
import { type ContainerEnd, dockerEnd, HUMO_IMAGE } from '../../support/humo-image.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** In the environment of every container; the stand-in for the hub's tool tells it where it fails. */
export const TOKEN = 'hf_neverToBeSeen0123456789';
export const SMALL = 'humo/configs/inference/generate_1_7B.yaml';
export const LARGE = 'humo/configs/inference/generate.yaml';
export const LIST = `# a small one
1.7b,17b  wan/text    main  Wan   0.000001  vae.pth tokens/*

1.7b      humo/model  v2    HuMo  0.000001  small/*
17b       humo/model  v2    HuMo  0.000001  large/*
`;

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
}

/** A volume for weights, and what the containers that have it do. */
export class Volume {
  readonly directory: string;
  readonly #daemon: DockerDaemon;

  private constructor(daemon: DockerDaemon, directory: string) {
    this.#daemon = daemon;
    this.directory = directory;
  }

  static async make(daemon: DockerDaemon, list = LIST): Promise<Volume> {
    const volume = new Volume(daemon, await temporaryDirectory());
    await mkdir(volume.path('weights'));
    await mkdir(volume.path('test'), { mode: 0o777 });
    await writeFile(volume.path('test/list'), list);
    return volume;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  run(options: RunOptions = {}): Promise<ContainerEnd> {
    return dockerEnd(this.#daemon, this.#words(['--rm'], options), { HF_TOKEN: TOKEN });
  }

  /** Resolves with the id of a container that goes on. */
  async begin(options: RunOptions = {}): Promise<string> {
    const { code, said } = await dockerEnd(this.#daemon, this.#words(['--detach'], options), {
      HF_TOKEN: TOKEN,
    });
    if (code !== 0) throw new Error(said);
    return said.trim().split('\n').at(-1) ?? '';
  }

  /** Everything that the downloader was asked for and did. */
  async calls(): Promise<readonly string[]> {
    const text = await readFile(this.path('test/calls'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** Resolves once the downloader has said that. */
  async until(call: string): Promise<void> {
    while (!(await this.calls()).includes(call)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async has(name: string): Promise<boolean> {
    return access(this.path(`weights/${name}`)).then(
      () => true,
      () => false,
    );
  }

  #words(how: readonly string[], { environment = {}, flags, command }: RunOptions): readonly string[] {
    const variables = {
      ...{
        HUB_CALLS: '/test/calls',
        HUB_RELEASE: '/test/release',
        WEIGHTS_LIST: '/test/list',
        WEIGHTS_REPORT: '1',
      },
      ...environment,
    };
    return [
      ...['run', ...how, '--network', 'none', '--env', 'HF_TOKEN'],
      ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...['--volume', `${this.path('test')}:/test`],
      ...(flags ?? ['--volume', `${this.path('weights')}:/opt/humo/weights`]),
      ...[HUMO_IMAGE, ...(command ?? ['echo', 'ran', SMALL])],
    ];
  }
}
