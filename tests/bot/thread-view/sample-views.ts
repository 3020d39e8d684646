import type { HostName, LaneName, ProfileId, PromptId, RunId } from '../../../src/core/ids.ts';
import type { QueueView } from '../../../src/core/queue/queue-view.ts';
import type { RunOutput } from '../../../src/core/runs/run.ts';
import { ANA, BEN, MINUTE, NOW, STREET } from '../samples.ts';

export const VIDEO: RunOutput = {
  kind: 'video',
  purpose: 'primary',
  label: 'video',
  path: 'data/outputs/rs_3fq8w1zz/video.mp4',
  bytes: 48_000_000,
  sha256: 'ab'.repeat(32),
  facts: STREET,
};
export const EDGE: RunOutput = {
  ...VIDEO,
  purpose: 'control',
  label: 'edge',
  path: 'data/outputs/rs_3fq8w1zz/edge.mp4',
  bytes: 4e6,
};

export const PLACE = {
  place: 3,
  of: 5,
  startsIn: { low: 18 * MINUTE, high: 25 * MINUTE },
  before: [
    { owner: BEN, ownerName: 'ben', count: 1 },
    { owner: ANA, ownerName: 'ana', count: 1 },
  ],
  running: [{ owner: BEN, ownerName: 'ben', count: 1 }],
  paused: false,
};

export const QUEUE: QueueView = {
  chats: [
    { chat: 'chat.slack', state: 'connected', since: NOW - 70 * MINUTE },
    { chat: 'chat.discord', state: 'lost', since: NOW - 4 * MINUTE, detail: 'ECONNRESET' },
  ],
  hosts: [
    {
      host: 'gpu1' as HostName,
      state: 'reachable',
      ...{ askedAt: NOW - 12_000, isCurrent: true, isLocal: false },
      facts: {
        answeredAt: NOW - 12_000,
        diskFreeBytes: 1.2e12,
        engineVersion: '29.1.5',
        gpus: {
          state: 'listed',
          gpus: [
            {
              index: '0',
              uuid: 'GPU-5d1f',
              name: 'NVIDIA H100 80GB HBM3',
              memoryUsedBytes: 63 * 2 ** 30,
              memoryTotalBytes: 80 * 2 ** 30,
              utilisation: 97,
              temperature: 71,
              power: 612.4,
            },
          ],
        },
      },
      lanes: [
        {
          lane: 'gpu1/gpu0' as LaneName,
          host: 'gpu1' as HostName,
          gpus: ['0'],
          state: 'running',
          now: {
            run: 'rs_3fq8w1zz' as RunId,
            promptName: 'rainy_neon_street',
            ownerName: 'ana',
            percent: 46,
            remainingMs: { low: 4 * MINUTE, high: 5.5 * MINUTE },
          },
        },
      ],
    },
    {
      host: 'gpu2' as HostName,
      state: 'unreachable',
      since: NOW - 32 * MINUTE,
      ...{ askedAt: NOW - 3 * MINUTE, isCurrent: true, isLocal: false },
      problem: {
        code: 'engine.host_unreachable',
        parameters: { host: 'gpu2', reason: 'ECONNREFUSED' },
      },
      lanes: [{ lane: 'gpu2/gpu0' as LaneName, host: 'gpu2' as HostName, gpus: ['0'], state: 'idle' }],
    },
  ],
  waiting: [
    {
      place: 1,
      run: 'rs_9d0x2m4k' as RunId,
      promptId: 'ps_1d9q0w3e' as PromptId,
      promptName: 'harbour_dawn',
      profileId: 'transfer1' as ProfileId,
      owner: BEN,
      ownerName: 'ben',
      duration: { low: 9 * MINUTE, high: 12 * MINUTE },
      startsIn: { low: 4 * MINUTE, high: 5.5 * MINUTE },
    },
    {
      place: 2,
      run: 'rs_9d0x2m4m' as RunId,
      promptId: 'ps_1d9q0w3f' as PromptId,
      promptName: '夜の港',
      profileId: 'transfer1' as ProfileId,
      owner: BEN,
      ownerName: 'ben',
    },
  ],
  waitingTotal: 5,
  allDoneBy: NOW + 70 * MINUTE,
};
export const EMPTY_QUEUE: QueueView = { hosts: [], chats: [], waiting: [], waitingTotal: 0 };
