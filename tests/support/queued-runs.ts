import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Principal } from '../../src/core/access/principal.ts';
import type { DataDirectory } from '../../src/core/data-directory.ts';
import type { RunId, Sha256 } from '../../src/core/ids.ts';
import { profileHash } from '../../src/core/models/parse-profile.ts';
import type { Profile } from '../../src/core/models/profile.ts';
import type { Asset, Prompt } from '../../src/core/prompts/prompt.ts';
import type { NewRun } from '../../src/core/store/runs.ts';
import type { Store } from '../../src/core/store/store.ts';

/** Somebody on the terminal. */
export function somebody(store: Store, name = 'ana'): Principal {
  return store.principals.ensure({ platform: 'terminal', tenant: 'local', user: name, name });
}

/** A prompt with one video of 24 frames, 64 × 64. */
export function addPrompt(store: Store, owner: Principal, name: string, data?: DataDirectory): Prompt {
  const content = 'video 24';
  const sha256 = createHash('sha256').update(content).digest('hex') as Sha256;
  const asset: Asset = {
    sha256,
    bytes: content.length,
    extension: 'mp4',
    facts: {
      kind: 'video',
      width: 64,
      height: 64,
      fps: 24,
      frames: 24,
      durationMs: 1000,
      codec: 'h264',
      hasAudio: false,
    },
  };
  if (data !== undefined) {
    mkdirSync(dirname(data.asset(sha256)), { recursive: true });
    writeFileSync(data.asset(sha256), content);
  }
  return store.write(() => {
    store.assets.add(asset);
    const prompt: Prompt = {
      id: store.ids.make('ps'),
      name,
      owner: owner.id,
      text: 'A rainy street',
      negativeText: '',
      inputs: [{ role: 'color', asset, originalName: 'street.mp4' }],
      createdAt: 0,
    };
    store.prompts.insert(prompt);
    return prompt;
  });
}

/** Queues a run of that prompt with the profile's own defaults. */
export function addRun(store: Store, prompt: Prompt, profile: Profile, more: Partial<NewRun> = {}): RunId {
  return store.write(() => {
    const requestId = store.ids.make('rq');
    const id = store.ids.make('rs');
    const owner = more.owner ?? prompt.owner;
    store.requests.insert({ id: requestId, owner, at: 0 });
    store.runs.insert({
      id,
      requestId,
      promptId: prompt.id,
      owner,
      profileId: profile.id,
      profileHash: profileHash(profile),
      profileContent: JSON.stringify(profile),
      text: prompt.text,
      negativeText: prompt.negativeText,
      inputs: prompt.inputs,
      parameters: {},
      priority: 0,
      queuedAt: 0,
      shape: { frames: 24, width: 64, height: 64 },
      ...more,
    });
    return id;
  });
}
