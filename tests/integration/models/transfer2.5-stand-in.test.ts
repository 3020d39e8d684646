import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { input, shipped, video } from '../../core/models/profiles.ts';
import { TRANSFER25 } from '../../support/stand-ins.ts';
import { StandInBench, type StandInEnd, taken } from './stand-in-job.ts';

const profile = shipped('transfer2.5');
const EDGE = { control_weight: 1 };
const GOOD = { name: 'output', prompt: 'Rain', video_path: 'in/color.mp4', num_steps: 2, edge: EDGE };
const WORDS = ['torchrun', '--nproc_per_node=1', 'examples/inference.py'];

/** Runs the stand-in on a spec that is laid over a good one; null takes a key away. */
async function run(
  over: object,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = { COSMOS_VERBOSE: '1' },
): Promise<StandInEnd> {
  return await runText(JSON.stringify({ ...GOOD, ...over }, withoutNull), 'spec.json', flags, environment);
}

async function runText(
  content: string,
  name: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = { COSMOS_VERBOSE: '1' },
): Promise<StandInEnd> {
  const bench = await StandInBench.make(TRANSFER25, profile, ['color.mp4', 'color.jpg', 'mask.mp4']);
  await writeFile(bench.path(name), content);
  const files = ['-i', bench.path(name), '-o', bench.path('out')];
  return await bench.run([...WORDS, ...files, ...flags], environment);
}

function withoutNull(_key: string, value: unknown): unknown {
  return value === null ? undefined : value;
}

describe('the stand-in for transfer2.5', () => {
  it('takes a spec that the model takes, and paths from where the spec is', async () => {
    const end = await run({ edge: { ...EDGE, mask_path: 'in/mask.mp4' } });

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true, percent: 99 });
    expect(end.written).toEqual([
      ...['config.yaml', 'console.log', 'debug.log'],
      ...['output.json', 'output.mp4', 'output.txt', 'output_control_edge.mp4'],
    ]);
  });

  it('makes a picture of a picture', async () => {
    const still = { video_path: 'in/color.jpg', max_frames: 1, num_video_frames_per_chunk: 1 };

    expect((await run(still)).written).toContain('output.jpg');
    expect(await run({ ...still, num_video_frames_per_chunk: 93 })).toMatchObject({ code: 1 });
  });

  it.each([
    ['no name', { name: null }],
    ['no text', { prompt: null }],
    ['no video', { video_path: null }],
    ['a video that is not there', { video_path: 'in/no.mp4' }],
    ['a video whose name ends in capitals', { video_path: 'in/color.MP4' }],
    ['no control', { edge: null }],
    ['a key that it does not know', { output_dir: 'out' }],
    ['a number where it wants text', { resolution: 720 }],
    ['a fraction of guidance', { guidance: 2.5 }],
    ['too much guidance', { guidance: 8 }],
    ['the first frame as the one with the look', { context_frame_index: 0 }],
    ['a weight above 1', { edge: { control_weight: 1.5 } }],
    ['a preset that is none', { edge: { preset_edge_threshold: 'none' } }],
    ['a control file that is not there', { edge: { control_path: 'in/no.mp4' } }],
    ['a look beside blur', { vis: EDGE, image_context_path: 'in/color.jpg' }],
  ])('refuses %s before it loads', async (_what, over) => {
    const refused = await run(over);

    expect(refused).toMatchObject({ code: 1, failure: 'bad_spec', written: [] });
  });

  it.each([
    ['a tier that is none', { resolution: '4k' }, 'bad_spec'],
    ['parts of another length', { num_video_frames_per_chunk: 61 }, 'program_error'],
  ])('fails with %s, and only as it computes', async (_what, over, failure) => {
    const failed = await run(over);

    expect(failed).toMatchObject({ code: 1, failure });
    expect(failed.written).toContain('output.json');
  });

  it.each([
    ['a flag that it does not know', ['--steps', '3']],
    ['a model that it does not know', ['--model', 'distilled']],
    ['the distilled model without the variable for it', ['--model', 'edge/distilled']],
  ])('refuses %s', async (_what, flags) => {
    expect(await run({}, flags)).toMatchObject({ code: 1, written: [] });
  });

  it.each([
    ['an empty text', { prompt: '' }],
    ['an empty negative text', { negative_prompt: '' }],
    ['a blocked word', { prompt: 'Rain [blocked]' }],
    ['a blocked video', { prompt: 'Rain [blocked video]' }],
  ])('ends with 0 and without a video for %s', async (_what, over) => {
    const end = await run(over);

    expect(end).toMatchObject({ code: 0, hasMarker: false, failure: expect.stringMatching(/^blocked/) });
    expect(end.written).not.toContain('output.mp4');
  });

  it('ends with 1 for these where it is told not to go on', async () => {
    expect(await run({ prompt: '' }, ['--no-keep-going'])).toMatchObject({ code: 1 });
  });

  it('hides on the console what only the further log tells', async () => {
    const quiet = await run({ prompt: 'Rain [blocked video]' }, [], {});

    expect(quiet).toMatchObject({ code: 0, failure: undefined, hasMarker: false });
  });

  it('works off a list, in which a blocked one leaves the others alone', async () => {
    const texts = ['Rain', 'Fog [blocked]', 'Snow'];
    const list = texts.map((prompt, index) => JSON.stringify({ ...GOOD, prompt, name: `run_${index}` }));
    const end = await runText(`${list.join('\n')}\n`, 'list.jsonl');

    expect(end).toMatchObject({ code: 0 });
    expect(end.written.filter((name) => /^run_\d\.mp4$/.test(name))).toEqual(['run_0.mp4', 'run_2.mp4']);
  });

  it.each([
    ['an empty line', `${JSON.stringify(GOOD)}\n\n`],
    ['a name twice', `${JSON.stringify(GOOD)}\n${JSON.stringify(GOOD)}\n`],
  ])('refuses a list with %s', async (_what, list) => {
    expect(await runText(list, 'list.jsonl')).toMatchObject({ code: 1, failure: 'bad_spec', written: [] });
  });

  it('reads every parameter out of the very job that the bot builds', async () => {
    const given = {
      ...{ vis: 0.1, edge: 0.2, depth: 0.3, seg: 0.4, num_steps: 3, guidance: 7, seed: 0, resolution: '480' },
      ...{ edge_threshold: 'low', blur_strength: 'high', seg_prompt: 'boat', mask_prompt: 'the "robot"' },
      ...{ keep_input_resolution: false, show_control_condition: true, show_input: true },
      ...{
        max_frames: 93,
        num_conditional_frames: 2,
        context_frame_index: 1,
        offload_guardrail_models: true,
      },
    };
    const inputs = [video('color'), video('depth'), video('mask')];
    const checked = checkRun(profile, inputs, given);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(Object.keys(given).toSorted()).toEqual(Object.keys(profile.parameters).toSorted());
    const bench = await StandInBench.make(TRANSFER25, profile);
    const end = await bench.runJob({ inputs, parameters: checked.value, gpus: ['0', '1'] });

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true });
    const mask = (hint: string) => [`${hint}.mask_prompt="the "robot""`, `${hint}.mask_path="in/mask.mp4"`];
    expect(
      taken(end)
        .map((words) => words.replace('output: ', ''))
        .toSorted(),
    ).toEqual(
      [
        '--offload-guardrail-models',
        ...['name="output"', 'prompt="A rainy neon street, cinematic"', 'video_path="in/color.mp4"'],
        ...['negative_prompt="cartoon, low detail"', 'num_steps="3"', 'guidance="7"', 'seed="0"'],
        ...['resolution="480"', 'keep_input_resolution="false"', 'show_control_condition="true"'],
        ...['show_input="true"', 'max_frames="93"', 'num_conditional_frames="2"', 'context_frame_index="1"'],
        ...['edge.control_weight="0.2"', 'edge.preset_edge_threshold="low"', ...mask('edge')],
        ...['vis.control_weight="0.1"', 'vis.preset_blur_strength="high"', ...mask('vis')],
        ...['depth.control_weight="0.3"', 'depth.control_path="in/depth.mp4"', ...mask('depth')],
        ...['seg.control_weight="0.4"', 'seg.control_prompt="boat"', ...mask('seg')],
      ].toSorted(),
    );
  });

  it('takes the jobs of the distilled model and of one picture', async () => {
    const distilled = shipped('transfer2.5-distilled');
    const image = shipped('transfer2.5-image');
    const still = input('image', { kind: 'image', width: 1280, height: 704, codec: 'png' }, 'png');
    const quick = await StandInBench.make(TRANSFER25, distilled);
    const single = await StandInBench.make(TRANSFER25, image);

    expect(await quick.runJob({ inputs: [video('color')] })).toMatchObject({ code: 0, hasMarker: true });
    expect(await single.runJob({ inputs: [still] })).toMatchObject({ code: 0, hasMarker: true });
  });
});
