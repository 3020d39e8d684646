import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { input, shipped, video } from '../../core/models/profiles.ts';
import { COSMOS3 } from '../../support/stand-ins.ts';
import { StandInBench, type StandInEnd, taken } from './stand-in-job.ts';

const profile = shipped('cosmos3');
const GOOD = {
  ...{ name: 'output', model_mode: 'video2video', prompt: 'Rain', vision_path: 'in/color.mp4' },
  ...{ num_steps: 2, seed: 1, edge: { weight: 1 } },
};
const WORDS = ['torchrun', '--nproc-per-node=1', '-m', 'cosmos_framework.scripts.inference'];

/** Runs the stand-in on a spec that is laid over a good one; undefined takes a key away. */
async function run(over: object, flags: readonly string[] = []): Promise<StandInEnd> {
  return await runText(JSON.stringify({ ...GOOD, ...over }), 'spec.json', flags);
}

async function runText(content: string, name: string, flags: readonly string[] = []): Promise<StandInEnd> {
  const inputs = ['color.mp4', 'color.jpg', 'color.mov', 'depth.mp4'];
  const bench = await StandInBench.make(COSMOS3, profile, inputs);
  await writeFile(bench.path(name), content);
  const fixed = ['--parallelism-preset=latency', '--checkpoint-path', 'Cosmos3-Nano'];
  const files = ['-i', bench.path(name), '-o', bench.path('out')];
  return await bench.run([...WORDS, ...fixed, ...files, ...flags]);
}

describe('the stand-in for cosmos3', () => {
  it('takes a spec that the model takes, and paths from where the spec is', async () => {
    const end = await run({ depth: { control_path: 'in/depth.mp4', weight: 0.5 } });

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true, percent: 99 });
    expect(end.written).toEqual([
      ...['console.log', 'debug.log', 'output/control_depth.mp4', 'output/control_edge.mp4'],
      ...['output/sample_args.json', 'output/sample_outputs.json', 'output/vision.mp4'],
    ]);
  });

  it.each([
    ['a key that it does not know', { sigma_max: 70 }],
    ['a key in a control that it does not know', { edge: { control_weight: 1 } }],
    ['a preset of another control', { edge: { weight: 1, preset_blur_strength: 'low' } }],
    ['a number where it wants text', { resolution: 720 }],
    ['a tier that is none', { resolution: '1080' }],
    ['an aspect ratio that is none', { aspect_ratio: '16:9' }],
    ['too much guidance', { guidance: 8 }],
    ['too much guidance of the controls', { control_guidance: 11 }],
    ['half a frame for each second', { fps: 0.5 }],
    ['a video that is not there', { vision_path: 'in/no.mp4' }],
    ['a control file that is not there', { edge: { control_path: 'in/no.mp4' } }],
    ['a key of transfer without a control', { edge: undefined, control_guidance: 1 }],
  ])('refuses %s before it loads', async (_what, over) => {
    expect(await run(over)).toMatchObject({ code: 1, failure: 'bad_spec', written: [] });
  });

  it.each([
    ['a control that it cannot compute', { depth: { weight: 1 } }, 'missing_control'],
    ['edges without anything to make them of', { vision_path: undefined }, 'program_error'],
    [
      'edges beside a control file alone',
      { vision_path: undefined, depth: { control_path: 'in/depth.mp4' } },
      'missing_control',
    ],
    ['a video in a format that it does not read', { vision_path: 'in/color.mov' }, 'program_error'],
    ['weights that are all 0', { edge: { weight: 0 } }, 'bad_weights'],
    ['a weight below 0', { edge: { weight: -1 } }, 'bad_weights'],
    ['a video that is said to be a picture', { num_frames: 1 }, 'program_error'],
    ['a picture that is not said to be one', { vision_path: 'in/color.jpg' }, 'program_error'],
  ])('fails with %s, and only after the model was loaded', async (_what, over, failure) => {
    const failed = await run(over);

    expect(failed).toMatchObject({ code: 1, failure, hasMarker: false });
    expect(failed.said).toContain('Successfully loaded model');
    expect(failed.written).not.toContain('output/sample_outputs.json');
  });

  it('asks no guardrail', async () => {
    expect(await run({ prompt: 'Rain [blocked]' })).toMatchObject({ code: 0, hasMarker: true });
  });

  it('refuses a flag that it does not know', async () => {
    expect(await run({}, ['--steps', '3'])).toMatchObject({ code: 1, written: [] });
  });

  it('works off a list, skips its empty lines, and ends with the first that fails', async () => {
    const list = ['Rain', 'Fog [out of memory]', 'Snow'].map((prompt, index) =>
      JSON.stringify({ ...GOOD, prompt, name: `run_${index}` }),
    );
    const end = await runText(`${list.join('\n\n')}\n`, 'list.jsonl');

    expect(end).toMatchObject({ code: 1, failure: 'gpu_memory' });
    expect(end.written.filter((name) => name.endsWith('vision.mp4'))).toEqual(['run_0/vision.mp4']);
  });

  it('reads every parameter out of the very job that the bot builds', async () => {
    const given = {
      ...{ edge: 0.1, blur: 0.2, depth: 0.3, seg: 0.4, wsm: 0.5, num_steps: 3, guidance: 7, seed: 0 },
      ...{ edge_threshold: 'low', blur_strength: 'none', resolution: '480', aspect_ratio: '4,3' },
      ...{ control_guidance: 2, shift: 5, fps: 10, max_frames: 101, checkpoint: 'Cosmos3-Edge' },
      ...{ show_control_condition: true, show_input: true, emphasize_control_in_prompt: false },
      ...{ offload_guardrail_models: true, no_torch_compile: true, dp_shard_size: '0' },
    };
    const inputs = [video('color'), video('depth'), video('seg'), video('wsm')];
    const checked = checkRun(profile, inputs, given);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(Object.keys(given).toSorted()).toEqual(Object.keys(profile.parameters).toSorted());
    const bench = await StandInBench.make(COSMOS3, profile);
    const end = await bench.runJob({ inputs, parameters: checked.value, gpus: ['0', '1'] });

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true });
    expect(taken(end).toSorted()).toEqual(
      [
        ...['--offload-guardrail-models', '--no-use-torch-compile', '--dp-shard-size=0'],
        ...['--checkpoint-path=Cosmos3-Edge', 'model_mode="video2video"'],
        ...['name="output"', 'prompt="A rainy neon street, cinematic"', 'vision_path="in/color.mp4"'],
        ...['negative_prompt="cartoon, low detail"', 'num_steps="3"', 'guidance="7"', 'seed="0"'],
        ...['resolution="480"', 'aspect_ratio="4,3"', 'control_guidance="2"', 'shift="5"', 'fps="10"'],
        ...['max_frames="101"', 'show_control_condition="true"', 'show_input="true"'],
        ...['emphasize_control_in_prompt="false"', 'edge.weight="0.1"', 'edge.preset_edge_threshold="low"'],
        ...['blur.weight="0.2"', 'blur.preset_blur_strength="none"'],
        ...['depth.weight="0.3"', 'depth.control_path="in/depth.mp4"'],
        ...['seg.weight="0.4"', 'seg.control_path="in/seg.mp4"'],
        ...['wsm.weight="0.5"', 'wsm.control_path="in/wsm.mp4"'],
      ].toSorted(),
    );
  });

  it('has no room for all weights of Super on one GPU', async () => {
    const bench = await StandInBench.make(COSMOS3, shipped('cosmos3-super', { requires: { min_gpus: 1 } }));

    expect(await bench.runJob({ inputs: [video('color')] })).toMatchObject({
      code: 1,
      failure: 'gpu_memory',
    });
  });

  it('takes the job of one picture', async () => {
    const still = input('image', { kind: 'image', width: 1280, height: 704, codec: 'png' }, 'png');
    const bench = await StandInBench.make(COSMOS3, shipped('cosmos3-image'));
    const end = await bench.runJob({ inputs: [still] });

    expect(end).toMatchObject({ code: 0, hasMarker: true });
    expect(end.written).toContain('output/vision.jpg');
  });
});
