import { describe, expect, it } from 'vitest';
import type { LaneName, Sha256 } from '../../../src/core/ids.ts';
import { profileHash } from '../../../src/core/models/parse-profile.ts';
import type { PromptInput } from '../../../src/core/prompts/prompt.ts';
import { estimateRun } from '../../../src/core/queue/run-estimate.ts';
import { addPrompt, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from '../store/open-store.ts';

const LANE = 'here/gpu' as LaneName;
const SAMPLES = [{ frames: 97, width: 1280, height: 720, steps: 50, seconds: 1000 }];
/** As long for all that it is given. */
const STEADY = minimal({ timing: { scales_with: ['steps'], samples: SAMPLES } });
const SCALED = minimal({
  inputs: { image: {}, audio: {} },
  timing: { scales_with: ['frames', 'pixels'], samples: SAMPLES },
});
const SOUND: PromptInput = input('audio', { kind: 'audio', durationMs: 4000, codec: 'mp3' });
const PICTURE: PromptInput = input('image', { kind: 'image', width: 640, height: 360, codec: 'png' });

function input(role: PromptInput['role'], facts: PromptInput['asset']['facts']): PromptInput {
  const asset = { sha256: role.padEnd(64, '0') as Sha256, bytes: 1, extension: 'bin', facts };
  return { role, originalName: role, asset };
}

describe('the time of a run without a video', () => {
  it('is that of the profile where its model takes as long for everything', async () => {
    const { store } = await openStore();
    const run = { inputs: [SOUND], parameters: {} };
    expect(estimateRun(store, STEADY, run)).toEqual({ low: 12_500, high: 32_000 });
    expect(estimateRun(store, SCALED, run)).toBeUndefined();
  });

  it('is learned from those that have ended', async () => {
    const { store, clock } = await openStore();
    const prompt = addPrompt(store, somebody(store), 'street');
    store.assets.add(SOUND.asset);
    const requestId = store.ids.make('rq');
    store.requests.insert({ id: requestId, owner: prompt.owner, at: 0 });
    store.runs.insert({
      ...{ id: store.ids.make('rs'), requestId, promptId: prompt.id, owner: prompt.owner },
      ...{ profileId: STEADY.id, profileHash: profileHash(STEADY), profileContent: JSON.stringify(STEADY) },
      ...{ text: 'Rain', negativeText: '', inputs: [SOUND], parameters: {}, priority: 0, queuedAt: 0 },
    });
    const attempt = store.attempts.claim(LANE, [STEADY.id], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    const times = { hostStartedAt: clock.now(), hostEndedAt: clock.now() + 60_000 };
    store.attempts.end(attempt, { outcome: 'done', outputs: [], ...times });

    expect(estimateRun(store, STEADY, { inputs: [SOUND], parameters: {} })).toEqual({
      low: 50_000,
      high: 72_000,
    });
  });

  it('counts a picture as one frame', async () => {
    const { store } = await openStore();
    const ms = (1_000_000 * 640 * 360) / (97 * 1280 * 720);
    expect(estimateRun(store, SCALED, { inputs: [PICTURE, SOUND], parameters: {} })).toEqual({
      low: Math.round(ms / 1.6),
      high: Math.round(ms * 1.6),
    });
  });
});
