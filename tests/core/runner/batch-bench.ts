import type { AttemptId, RunId } from '../../../src/core/ids.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { minimal } from '../models/profiles.ts';
import { TestLane } from './lane.ts';

/** A model that works off a list of texts, each into a folder of its own, and says where it is. */
export const BATCHED: Profile = minimal({
  id: 'batched',
  files: { spec: { path: 'spec.json', content: { prompt: '{prompt}', video: '{input.color}' } } },
  command: { argv: ['run', '{spec}'] },
  parameters: {
    seed: { type: 'integer', default: 1, title: 'Seed', write: { spec: 'seed' } },
  },
  success: {
    marker: '^saved',
    outputs: [
      { kind: 'video', path: 'output.mp4', label: 'video', min_frames: 2 },
      { kind: 'text', path: 'text.txt', label: 'text', purpose: 'control', required: false },
    ],
  },
  failures: [
    { key: 'blocked', pattern: '^BLOCKED', outcome: 'blocked' },
    { key: 'memory', pattern: 'out of memory', out_of_memory: true },
    { key: 'broken', pattern: '^Error: (?<reason>.*)' },
  ],
  progress: {
    stages: [
      { key: 'loading', title: 'loading', begins: '^load' },
      { key: 'work', title: 'working', begins: '^begin' },
    ],
    bars: [{ pattern: '^step (?<current>\\d+)/(?<total>\\d+)', stage: 'work' }],
  },
  batch: {
    max_items: 8,
    path: 'list.jsonl',
    content: { prompt: '{prompt}', video: '{input.color}' },
    argv: ['--list', '{items}'],
    folder: 'run_{index}',
    identity: 'text',
    begins: '^begin',
    ends: '^saved (?<index>\\d+)',
  },
});

/** A lane with `texts` queued, each a run of its own. */
export async function queued(
  texts: readonly string[],
  profile: Profile = BATCHED,
): Promise<{ lane: TestLane; runs: RunId[] }> {
  const lane = await TestLane.open();
  const runs = texts.map((text, index) =>
    lane.queue(profile, { text, queuedAt: index, parameters: { seed: 1 } }),
  );
  return { lane, runs };
}

/** The same, taken together and begun. */
export async function begun(
  texts: readonly string[],
  profile: Profile = BATCHED,
): Promise<{ lane: TestLane; runs: RunId[]; attempt: AttemptId }> {
  const { lane, runs } = await queued(texts, profile);
  const { id } = lane.take([profile.id]);
  await lane.settle();
  if (lane.host.starts(id) !== 1) throw new Error('the job was not started');
  return { lane, runs, attempt: id };
}

/** What the model writes for one run, and says of it. */
export function works(lane: TestLane, attempt: AttemptId, item: number, text: string): void {
  lane.host.appendLog(attempt, item === 0 ? 'load\nbegin\n' : 'begin\n');
  lane.host.writeOutput(attempt, `run_${item}/output.mp4`, fakeVideo(24));
  lane.host.writeOutput(attempt, `run_${item}/text.txt`, text);
  lane.host.appendLog(attempt, `saved ${item}\n`);
}
