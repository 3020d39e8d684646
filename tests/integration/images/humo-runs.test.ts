import { chmodSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../src/core/runs/run.ts';
import { shipped } from '../../core/models/profiles.ts';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { buildHumoImage, HUMO_CONTEXT, HUMO_IMAGE } from '../../support/humo-image.ts';
import { ModelBot, type ModelBotOptions } from '../../support/model-bot.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { asProcesses, HUMO } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MODEL = { ...HUMO, models: ['humo-1.7b'] };
const LIST = '1.7b wan/text main Wan 0.000001 vae.pth\n';

/** A folder of this machine for weights, and for what the downloader writes. */
async function makeFolders(): Promise<string> {
  const directory = await temporaryDirectory();
  for (const name of ['weights', 'hub']) {
    await mkdir(join(directory, name));
    await chmod(join(directory, name), 0o777);
  }
  await writeFile(join(directory, 'hub/list'), LIST);
  await chmod(directory, 0o755);
  return directory;
}

async function calls(directory: string): Promise<readonly string[]> {
  return (await readFile(join(directory, 'hub/calls'), 'utf8')).trim().split('\n');
}

async function open(options: ModelBotOptions): Promise<ModelBot> {
  const directory = await temporaryDirectory();
  await chmod(directory, 0o755);
  const bot = await ModelBot.open(directory, MODEL, options);
  onTestFinished(() => bot[Symbol.asyncDispose]());
  return bot;
}

async function run(bot: ModelBot): Promise<Run> {
  return await bot.until(await bot.queue('A man speaks', {}, ['audio', 'image']));
}

const missing = await missingForDocker();

describe.skipIf(missing !== undefined)(`runs in the image of HuMo${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
    await buildHumoImage(daemon);
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  it.each(['image', 'host'])(
    'download the weights as the user of the %s, fail where they cannot, and make a video once they are there',
    async (user) => {
      const directory = await makeFolders();
      const bot = (ending: string) =>
        open({
          daemon,
          overrides: ({ clip }) => ({
            command: {
              environment: {
                ...{ STAND_IN_CLIP: '/made.mp4', WEIGHTS_LIST: '/hub/list' },
                ...{ HUB_CALLS: '/hub/calls', HUB_END: ending },
              },
            },
            container: {
              ...{ image: HUMO_IMAGE, gpu_flags: [], network: 'none', user },
              mounts: [
                { source: join(directory, 'weights'), target: '/opt/humo/weights', read_only: false },
                { source: join(directory, 'hub'), target: '/hub', read_only: false },
                { source: clip, target: '/made.mp4' },
              ],
            },
          }),
        });
      const failing = await bot('fail');

      expect(await run(failing)).toMatchObject({
        state: 'failed',
        problem: {
          code: 'model.failure_signature',
          parameters: { signature: 'weights_download', retryable: true },
        },
      });
      const working = await bot('');
      for (const _ of ['first', 'second']) {
        const done = await run(working);
        expect(done.problem).toBeUndefined();
        expect(done).toMatchObject({ state: 'done', outputs: [{ label: 'video' }] });
      }
      expect(await calls(directory)).toEqual(['wan/text@main', 'wan/text@main', 'began vae.pth']);
    },
  );
});

const missingHost = missingSshd();

describe.skipIf(missingHost !== undefined)(
  `runs behind the entry script on a rented pod${missingHost ? ` (${missingHost})` : ''}`,
  () => {
    it('download the weights and make a video', async () => {
      await using server = await OpenSshServer.start();
      const directory = await makeFolders();
      const bot = await open({
        server,
        overrides: (files) => {
          chmodSync(join(files.code, 'weights'), 0o777);
          const { command } = asProcesses(MODEL, files, {
            ...{ WEIGHTS_LIST: join(directory, 'hub/list'), HUB_CALLS: join(directory, 'hub/calls') },
          });
          const argv = ['/bin/sh', join(HUMO_CONTEXT, 'entry.sh'), ...shipped('humo-1.7b').command.argv];
          return { command: { ...command, argv } };
        },
      });
      const done = await run(bot);

      expect(done.problem).toBeUndefined();
      expect(done.state).toBe('done');
      expect(await calls(directory)).toEqual(['wan/text@main', 'began vae.pth']);
    });
  },
);
