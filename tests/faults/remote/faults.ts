import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../../../src/core/errors.ts';
import type { RunOutcome } from '../../../src/core/runs/run.ts';
import { Bots } from './bots.ts';
import { fillDisk, flipWritten, plantDamagedAsset } from './damage.ts';
import type { GpuBox } from './gpu-box.ts';
import type { PhaseName } from './phases.ts';
import type { Place } from './place.ts';

/** What a fault can reach: the host, and the process with the bots, which it may replace. */
export interface Scene {
  readonly box: GpuBox;
  readonly places: readonly Place[];
  bots: Bots;
}

/** How a run ends, with the number of times that its model began. */
export interface End {
  readonly outcome: RunOutcome;
  readonly starts: 0 | 1;
  readonly code?: ErrorCode;
  /** In what people read of it. */
  readonly says?: RegExp;
}

export interface Fault {
  readonly title: string;
  /** Before any bot has begun. */
  readonly prepare?: (scene: Omit<Scene, 'bots'>) => Promise<void>;
  /** Resolves with what mends it, where it does not pass by itself. */
  readonly strike: (scene: Scene) => Promise<(() => Promise<void>) | void>;
  /** Bots that have to see the trouble before it is over; the others may or may not. */
  readonly seenBy?: readonly PhaseName[];
  /** How it ends in each phase; a text says why there is nothing to try. */
  readonly ends: Readonly<Record<PhaseName, End | string>>;
}

const DONE: End = { outcome: 'done', starts: 1 };
const ALL_DONE: Readonly<Record<PhaseName, End>> = {
  connecting: DONE,
  uploading: DONE,
  prepared: DONE,
  starting: DONE,
  running: DONE,
  finished: DONE,
  downloading: DONE,
  discarding: DONE,
};
const NO_CONTAINER = 'there is no container yet';
const NOT_MOVING = 'nothing is on its way';

const vanished = (says: RegExp): End => ({ outcome: 'lost', starts: 1, code: 'engine.vanished', says });
const replaced = (starts: 0 | 1): End => ({
  ...{ outcome: 'lost', starts, code: 'engine.host_replaced' },
  says: /gpu1 was wiped or replaced.*Run it again/,
});
const noRoom: End = {
  ...{ outcome: 'failed', starts: 0, code: 'transfer.disk_full' },
  says: /no room .* on gpu1\..*Free some space/,
};

/** The model says why it fails, where nobody can read it. */
const noLog: End = { ...noRoom, starts: 1 };

/** Their bots ask the host all the time. */
const ASKING = ['connecting', 'running', 'finished'] as const;

export const FAULTS: readonly Fault[] = [
  {
    title: 'the SSH connection is cut',
    strike: async ({ box }) => {
      for (const server of box.servers) server.cut();
    },
    ends: { ...ALL_DONE, connecting: 'there is no connection yet' },
  },
  {
    title: 'the SSH server is stopped and started again',
    strike: async ({ box: { servers } }) => {
      await Promise.all(servers.map((server) => server.stop()));
      return async () => {
        await Promise.all(servers.map((server) => server.restart()));
      };
    },
    seenBy: ASKING,
    ends: ALL_DONE,
  },
  {
    title: 'the network swallows every packet for a while',
    strike: async ({ box: { network } }) => {
      await network.swallow();
      return () => network.restore();
    },
    seenBy: ASKING,
    ends: ALL_DONE,
  },
  {
    title: 'the bot is killed with kill -9 and started again',
    strike: async (scene) => {
      await scene.bots.kill();
      return async () => {
        scene.bots = Bots.start(scene.places, false);
      };
    },
    ends: ALL_DONE,
  },
  {
    title: 'a file that is partly copied is changed while the bot is killed and started again',
    strike: async (scene) => {
      await scene.bots.kill();
      for (const place of scene.places) {
        const { phase } = place;
        if (phase === 'connecting') await plantDamagedAsset(place);
        if (phase === 'uploading') await flipWritten(join(place.workDir, 'assets/.*'));
        if (phase === 'downloading') await flipWritten(place.path('data/runs/*/outputs/.*'));
      }
      return async () => {
        scene.bots = Bots.start(scene.places, false);
      };
    },
    ends: {
      ...ALL_DONE,
      prepared: NOT_MOVING,
      starting: NOT_MOVING,
      running: NOT_MOVING,
      finished: NOT_MOVING,
      discarding: NOT_MOVING,
    },
  },
  {
    title: 'somebody else kills the container, or removes it where it does not run',
    strike: async ({ box, places }) => {
      for (const place of places) {
        const ids = await box.containersOf(place);
        await box.docker.docker(...(place.phase === 'running' ? ['kill'] : ['rm', '--force']), ...ids);
      }
    },
    ends: {
      ...ALL_DONE,
      connecting: NO_CONTAINER,
      uploading: NO_CONTAINER,
      prepared: NO_CONTAINER,
      running: vanished(/killed from outside/),
    },
  },
  {
    title: 'the disk of the host is full for a while',
    prepare: async ({ box, places }) => {
      for (const place of places) await box.limitRoom(place, '48m');
    },
    strike: async ({ places }) => {
      const frees = await Promise.all(places.map(({ workDir }) => fillDisk(workDir)));
      return async () => {
        for (const free of frees) await free();
      };
    },
    seenBy: ['connecting', 'uploading', 'prepared', 'starting', 'running', 'finished', 'downloading'],
    ends: {
      ...ALL_DONE,
      connecting: noRoom,
      uploading: noRoom,
      prepared: noLog,
      starting: noLog,
      running: {
        outcome: 'failed',
        starts: 1,
        code: 'model.failure_signature',
        says: /cannot write the video/,
      },
    },
  },
  {
    title: 'the host is wiped',
    strike: async ({ places }) => {
      for (const place of places) {
        for (const name of ['host-id', 'attempts', 'assets', 'notes.txt']) {
          await rm(join(place.workDir, name), { recursive: true, force: true });
        }
        await place.makeWorkDir();
      }
    },
    ends: {
      ...ALL_DONE,
      prepared: replaced(0),
      starting: replaced(0),
      running: replaced(1),
      finished: replaced(1),
      downloading: replaced(1),
    },
  },
  {
    title: 'another bot works on the same host meanwhile',
    strike: async ({ box, places }) => {
      const others = await Promise.all(places.map((place) => box.makePlace('other', place.phase, place)));
      await using bots = Bots.start(others, false);
      const phases = others.map(({ phase }) => phase);
      const lacking = await bots.until('ended', phases, 60_000);
      const code = await bots.close();
      if (lacking.length > 0 || code !== 0)
        throw new Error(`another bot has not ended: ${lacking.join(', ')}`);
      for (const other of others) await other.onHost('video');
    },
    ends: ALL_DONE,
  },
  {
    title: 'Docker is restarted and ends its containers',
    strike: async ({ box: { docker } }) => {
      await docker.stop();
      return () => docker.start();
    },
    seenBy: ['running', 'prepared'],
    ends: {
      ...ALL_DONE,
      running: { outcome: 'failed', starts: 1, code: 'model.killed', says: /SIGTERM.*Docker was restarted/ },
    },
  },
  {
    title: 'Docker is restarted and keeps its containers',
    prepare: async ({ box: { docker } }) => {
      await docker.stop();
      await docker.start('--live-restore');
    },
    strike: async ({ box: { docker } }) => {
      await docker.stop();
      return () => docker.start('--live-restore');
    },
    seenBy: ['running', 'prepared'],
    ends: ALL_DONE,
  },
  {
    title: 'the host is rebooted',
    strike: async ({ box }) => {
      await box.reboot('00000000-0000-4000-8000-000000000001');
    },
    ends: { ...ALL_DONE, running: vanished(/restarted/) },
  },
];
