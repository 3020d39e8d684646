import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { input, shipped } from '../../core/models/profiles.ts';
import { HUMO } from '../../support/stand-ins.ts';
import { StandInBench, type StandInEnd, taken } from './stand-in-job.ts';

const profile = shipped('humo-1.7b');
const SOUND = input('audio', { kind: 'audio', durationMs: 4000, codec: 'pcm_s16le' }, 'wav');
const FACE = input('image', { kind: 'image', width: 720, height: 480, codec: 'png' }, 'png');
const MORE = (['image2', 'image3'] as const).map((role) => input(role, FACE.asset.facts, 'png'));
const SMALL = 'humo/configs/inference/generate_1_7B.yaml';

/** Runs the stand-in on cases; the settings are laid over good ones. */
async function run(
  cases: (paths: { readonly sound: string; readonly face: string }) => object,
  settings: Readonly<Record<string, string | number>> = {},
  yaml = SMALL,
  processes = 1,
): Promise<StandInEnd> {
  const bench = await StandInBench.make(HUMO, profile, ['audio.wav', 'image.png']);
  const content = cases({ sound: bench.path('in/audio.wav'), face: bench.path('in/image.png') });
  await writeFile(bench.path('cases.json'), JSON.stringify(content));
  const all = {
    'dit.sp_size': processes,
    'generation.mode': 'TIA',
    'generation.height': 480,
    'generation.width': 832,
    'diffusion.timesteps.sampling.steps': 2,
    'generation.seed': 42,
    'generation.positive_prompt': bench.path('cases.json'),
    'generation.output.dir': bench.path('out'),
    ...settings,
  };
  const words = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  return await bench.run(['torchrun', `--nproc_per_node=${processes}`, 'main.py', yaml, ...words]);
}

const good = ({ sound, face }: { sound: string; face: string }) => ({
  output: { prompt: 'A man speaks', audio_path: sound, img_paths: [face] },
});

describe('the stand-in for HuMo', () => {
  it('takes a case that the model takes, with a bar from each GPU', async () => {
    const end = await run(good, {}, SMALL, 2);

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true, percent: 99 });
    expect(end.written).toEqual(['output_seed42.mp4']);
    expect(end.said.match(/ 1\/2 \[/g)).toHaveLength(2);
    expect(end.said).toContain('[Rank:0]');
  });

  it.each([
    ['no text', { prompt: undefined }, 'program_error'],
    ['no sound', { audio_path: undefined }, 'program_error'],
    ['no list of pictures', { img_paths: undefined }, 'program_error'],
    ['an empty list of pictures', { img_paths: [] }, 'wrong_mode'],
    ['a picture that is not there', { img_paths: ['in/no.png'] }, 'missing_file'],
    ['a sound that is not there', { audio_path: 'in/no.wav' }, 'missing_file'],
  ])('fails with %s, and only after the model was loaded', async (_what, over, failure) => {
    const failed = await run((paths) => ({ output: { ...good(paths).output, ...over } }));

    expect(failed).toMatchObject({ code: 1, failure, written: [] });
    expect(failed.said).toContain('Load DiT model on meta.');
  });

  it('wants the list of pictures where it looks at none, too', async () => {
    const withList = await run(
      ({ sound }) => ({ output: { prompt: 'x', audio_path: sound, img_paths: [] } }),
      {
        'generation.mode': 'TA',
      },
    );
    const without = await run(({ sound }) => ({ output: { prompt: 'x', audio_path: sound } }), {
      'generation.mode': 'TA',
    });

    expect([withList.code, without.code]).toEqual([0, 1]);
  });

  it.each([
    ['a mode that is none', { 'generation.mode': 'TI' }, 'wrong_mode'],
    ['another height', { 'generation.height': 1024, 'generation.width': 1024 }, 'wrong_size'],
    ['a width that is another height’s', { 'generation.width': 1280 }, 'wrong_size'],
    ['more processes together than there are', { 'dit.sp_size': 8 }, 'wrong_gpus'],
    ['a setting that would have no effect', { 'generation.batch_size': 2 }, 'program_error'],
    [
      'a word that its configuration would replace',
      { 'generation.sample_neg_prompt': `\${x}` },
      'program_error',
    ],
  ])('refuses %s', async (_what, settings, failure) => {
    expect(await run(good, settings)).toMatchObject({ code: 1, failure, written: [] });
  });

  it('works off several cases, and ends with the first that fails', async () => {
    const end = await run(({ sound, face }) => {
      const one = { audio_path: sound, img_paths: [face] };
      return {
        run_0: { prompt: 'One', ...one },
        run_1: { prompt: 'Two [unreadable sound]', ...one },
        run_2: { prompt: 'Three', ...one },
      };
    });

    expect(end).toMatchObject({ code: 1, failure: 'unreadable_sound', written: ['run_0_seed42.mp4'] });
  });

  it('reads every parameter out of the very job that the bot builds', async () => {
    const given = {
      ...{ mode: 'TIA', frames: 49, height: '480', width: '832', num_steps: 3, shift: 4, seed: 0 },
      ...{ scale_a: 1.5, scale_t: 2.5, scale_i: 3.5 },
    };
    const inputs = [SOUND, FACE, ...MORE];
    const checked = checkRun(profile, inputs, given);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(Object.keys(given).toSorted()).toEqual(Object.keys(profile.parameters).toSorted());
    const bench = await StandInBench.make(HUMO, profile);
    const end = await bench.runJob({ inputs, parameters: checked.value, gpus: ['0', '1'] });

    expect(end).toMatchObject({ code: 0, failure: undefined, hasMarker: true });
    expect(taken(end).toSorted()).toEqual(
      [
        ...['dit.sp_size=2', 'generation.mode=TIA', 'generation.frames=49', 'generation.height=480'],
        ...['generation.width=832', 'diffusion.timesteps.sampling.steps=3', 'generation.seed=0'],
        ...['diffusion.timesteps.sampling.shift=4', 'generation.scale_a=1.5', 'generation.scale_t=2.5'],
        ...['generation.scale_i=3.5', 'generation.sample_neg_prompt="cartoon, low detail"'],
        ...[`generation.positive_prompt=${bench.path('cases.json')}`],
        ...[`generation.output.dir=${bench.path('out')}`],
        'output.prompt="A rainy neon street, cinematic"',
        ...['image', 'image2', 'image3'].map(
          (role, index) => `output.img_paths.${index}=${bench.path(`in/${role}.png`)}`,
        ),
      ].toSorted(),
    );
  });

  it('takes the job of the large model', async () => {
    const large = shipped('humo-17b');
    const checked = checkRun(large, [SOUND], {});
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const bench = await StandInBench.make(HUMO, large);

    expect(await bench.runJob({ inputs: [SOUND], parameters: checked.value })).toMatchObject({
      code: 0,
      hasMarker: true,
    });
  });

  it.each([
    ['480', '832', [FACE, ...MORE], 117],
    ['720', '1280', [], 157],
  ])(
    'has the room of the large model at %s that the rules of its profile say',
    async (height, width, pictures, most) => {
      const large = shipped('humo-17b', { parameters: { frames: { maximum: 161 } } });
      const inputs = [SOUND, ...pictures];
      const given = { height, width, frames: most, num_steps: 2 };
      const checked = checkRun(large, inputs, given);
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      expect(checkRun(large, inputs, { ...given, frames: most + 4 })).toMatchObject({ ok: false });

      const run = async (frames: number) => {
        const bench = await StandInBench.make(HUMO, { ...large, rules: [] });
        return await bench.runJob({ inputs, parameters: { ...checked.value, frames } });
      };
      expect(await run(most)).toMatchObject({ code: 0, hasMarker: true });
      expect(await run(most + 4)).toMatchObject({ code: 1, failure: 'program_error' });
    },
  );
});
