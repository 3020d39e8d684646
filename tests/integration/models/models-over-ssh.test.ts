import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../src/core/prompts/prompt.ts';
import { suiteDirectory } from '../../faults/suite-directory.ts';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { ModelBot } from '../../support/model-bot.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { COSMOS3, HUMO, type StandIn, TRANSFER1, TRANSFER25 } from '../../support/stand-ins.ts';

const COLOR: readonly Role[] = ['color'];
const FAMILIES: readonly (readonly [string, StandIn, readonly Role[], readonly string[]])[] = [
  ['transfer1', TRANSFER1, COLOR, ['video', 'prompt', 'vis', 'edge', 'depth', 'seg']],
  ['transfer2.5', TRANSFER25, COLOR, ['video', 'edge', 'prompt']],
  ['cosmos3', COSMOS3, COLOR, ['video', 'edge']],
  ['humo', HUMO, ['audio', 'image'], ['video']],
];

const missing = (await missingForDocker()) ?? missingSshd();

describe.skipIf(missing !== undefined)(
  `a run in a container of a host over SSH${missing ? ` (${missing})` : ''}`,
  () => {
    const directory = suiteDirectory();
    let daemon: DockerDaemon;
    let server: OpenSshServer;
    beforeAll(async () => {
      [daemon, server] = await Promise.all([DockerDaemon.create(), OpenSshServer.start()]);
      await daemon.openTo(server.ids);
    });
    afterAll(async () => {
      for (const bot of await Promise.all(bots.values())) await bot[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    });

    /** The one bot of all tests with that stand-in. */
    const bots = new Map<StandIn, Promise<ModelBot>>();
    async function openBot(standIn: StandIn): Promise<ModelBot> {
      const place = join(directory.path, String(bots.size));
      const bot = bots.get(standIn) ?? open(standIn, place);
      bots.set(standIn, bot);
      return await bot;
    }
    async function open(standIn: StandIn, place: string): Promise<ModelBot> {
      await mkdir(place);
      return await ModelBot.open(place, standIn, { daemon, server });
    }

    it.each(FAMILIES)(
      'of %s goes from the queue to a video that is proved',
      async (_name, standIn, roles, labels) => {
        const bot = await openBot(standIn);
        const run = await bot.until(await bot.queue('A "rainy" $(neon) street', {}, roles));

        expect(run.problem).toBeUndefined();
        expect(run).toMatchObject({ state: 'done', outputs: labels.map((label) => ({ label })) });
      },
    );

    it('of transfer1 shares a load with another, and goes on in a further one after one that ends it', async () => {
      const bot = await openBot(TRANSFER1);
      const runs = await bot.ended(await bot.queueTogether(['Snow', 'Rain', 'Fog [blocked]', 'Haze']));

      expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'blocked', 'done']);
      expect(runs[0]?.attempt).toBe(runs[1]?.attempt);
      expect(runs[3]?.attempt).not.toBe(runs[0]?.attempt);
      expect(runs.map(({ outputs }) => outputs.length)).toEqual([6, 6, 0, 6]);
    });

    it('of transfer2.5 on two GPUs shares a load up to one that is blocked, at which it is stopped', async () => {
      const bot = await openBot(TRANSFER25);
      const runs = await bot.ended(await bot.queueTogether(['Snow', 'Rain [blocked]', 'Fog']));

      expect(runs.map(({ state }) => state)).toEqual(['done', 'blocked', 'done']);
      expect(runs[0]?.attempt).toBe(runs[1]?.attempt);
      expect(runs[2]?.attempt).not.toBe(runs[0]?.attempt);
    });

    it('of HuMo shares a load with another', async () => {
      const bot = await openBot(HUMO);
      const runs = await bot.ended(await bot.queueTogether(['One', 'Two'], {}, ['audio'], 'humo-1.7b'));

      expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
      expect(runs[0]?.attempt).toBe(runs[1]?.attempt);
    });
  },
);
