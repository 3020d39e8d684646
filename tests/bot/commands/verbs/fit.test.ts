import { describe, expect, it } from 'vitest';
import type { Prompt } from '../../../../src/core/prompts/prompt.ts';
import { factAudio, factImage, factVideo } from '../../../fakes/fact-media.ts';
import { must } from '../../../support/workbench.ts';
import { CommandBench, words } from './command-bench.ts';

/** A model that takes short mp4 videos alone, beside one on a GPU. */
const CONFIG = `
[[hosts]]
name = "here"
models = ["preview"]

[[hosts]]
name = "gpu1"
models = ["transfer2.5"]
work_dir = "gpu"
lanes = [{ name = "one", gpus = [0] }]

[models.preview.inputs.color]
extensions = ["mp4"]

[models.preview.media]
max_frames = 120

[models."transfer2.5".command]
working_directory = "code"
`;

const EVERY_FAMILY = `
[[hosts]]
name = "gpu1"
models = ["transfer1", "humo-1.7b"]
work_dir = "gpu"
lanes = [{ name = "one", gpus = [0] }]

[models.transfer1.command]
working_directory = "code"

[models."humo-1.7b".command]
working_directory = "code"
`;

async function open() {
  const commands = await CommandBench.open(CONFIG);
  const { bench } = commands;
  const files = [
    { path: await bench.file('street.mkv', factVideo({ frames: 412 })) },
    { path: await bench.file('street_depth.mp4', factVideo({ frames: 412 }, 'depth')) },
  ];
  const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
  return { commands, bench, prompt };
}

const actionsOf = (result: Awaited<ReturnType<CommandBench['say']>>) =>
  result.card?.actions.map(({ label, arguments: given }) => [label, given?.join(' ')]);

describe('fit', () => {
  it('says for each model whether it takes the files, why not, and has a button that mends it', async () => {
    const { commands, prompt } = await open();
    const result = await commands.say(`fit ${prompt.id}`);

    expect(words(result)).toContain('Not for preview as it is');
    expect(words(result)).toContain('convert to mp4, first 120 frames only');
    expect(words(result)).toContain('transfer2.5');
    expect(actionsOf(result)).toContainEqual([
      'Convert to mp4, first 120 frames only',
      '--model preview --change',
    ]);
  });

  it('makes what a model takes of all videos, keeps what they were, and puts it back', async () => {
    const { commands, bench, prompt } = await open();
    const told: number[] = [];
    const onProgress = ({ share }: { share: number }) => told.push(share);
    const changed = await commands.say(`fit ${prompt.id} --model preview --change`, { onProgress });

    expect(changed.failed).toBe(false);
    expect(told).toEqual([0, 0.25, 0.5, 0.75]);
    const now = must(bench.api.findPrompt(prompt.id));
    expect(now.inputs.map(({ role, originalName, asset }) => [role, originalName, asset.facts])).toEqual([
      ['color', 'street.mp4', expect.objectContaining({ frames: 120 })],
      ['depth', 'street_depth.mp4', expect.objectContaining({ frames: 120 })],
    ]);
    expect(bench.api.offeredFiles(now)).toHaveLength(2);
    expect(actionsOf(changed)).toContainEqual(['Undo the change', '--undo']);
    expect(await bench.incoming()).toEqual([]);

    const undone = await commands.say(`fit ${prompt.id} --undo`);
    expect(undone.failed).toBe(false);
    expect(must(bench.api.findPrompt(prompt.id)).inputs).toEqual(prompt.inputs);
    expect((await commands.say(`fit ${prompt.id} --undo`)).failed).toBe(true);
  });

  it('makes each file once: the second time it is there already', async () => {
    const { commands, prompt } = await open();
    await commands.say(`fit ${prompt.id} --change`);
    await commands.say(`fit ${prompt.id} --undo`);
    const told: number[] = [];
    await commands.say(`fit ${prompt.id} --change`, { onProgress: ({ share }) => told.push(share) });

    expect(told).toEqual([0, 0.5]);
  });

  it('says again what it has done where the same event comes again', async () => {
    const { commands, bench, prompt } = await open();
    await commands.say(`fit ${prompt.id} --model preview --change`, { idempotencyKey: 'E1' });
    const { inputs } = must(bench.api.findPrompt(prompt.id));
    const again = await commands.say(`fit ${prompt.id} --model preview --change`, { idempotencyKey: 'E1' });

    expect(again).toMatchObject({ failed: false, data: { id: prompt.id, inputs } });
    expect(must(bench.api.findPrompt(prompt.id)).inputs).toEqual(inputs);
  });

  it('changes nothing of a prompt whose file was exchanged meanwhile', async () => {
    const { commands, bench, prompt } = await open();
    let release = (): void => undefined;
    bench.media.hold = new Promise((resolve) => {
      release = resolve;
    });
    const changing = commands.say(`fit ${prompt.id} --change`, { idempotencyKey: 'E1' });
    const roles = new Map([['color', 'edge' as const]]);
    must(bench.api.changeRoles(bench.actor(), prompt, roles));
    release();

    expect((await changing).failed).toBe(true);
    expect(bench.store.idempotency.get('E1')).toBeUndefined();
    const now = must(bench.api.findPrompt(prompt.id));
    expect(now.inputs.map(({ role, asset }) => [role, asset.extension])).toEqual([
      ['depth', 'mp4'],
      ['edge', 'mkv'],
    ]);
    expect(bench.api.offeredFiles(now)).toEqual([]);
  });

  it('makes one file of two roles that have the same one, and puts both back', async () => {
    const { commands, bench } = await open();
    const same = factVideo({ frames: 412 }, 'same');
    const files = [
      { path: await bench.file('a.mp4', same) },
      { path: await bench.file('a_depth.mp4', same) },
    ];
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'Twice', files }));
    expect((await commands.say(`fit ${prompt.id} --model preview --change`)).failed).toBe(false);
    const changed = must(bench.api.findPrompt(prompt.id));
    expect(changed.inputs.map(({ role, asset }) => [role, asset.facts])).toEqual([
      ['color', expect.objectContaining({ frames: 120 })],
      ['depth', expect.objectContaining({ frames: 120 })],
    ]);
    await commands.say(`fit ${prompt.id} --undo`);
    const undone = must(bench.api.findPrompt(prompt.id)).inputs.map(({ asset }) => asset.sha256);
    expect(undone).toEqual(prompt.inputs.map(({ asset }) => asset.sha256));
  });

  it('leaves runs that wait with the files that they have', async () => {
    const { commands, bench, prompt } = await open();
    await commands.say(`fit ${prompt.id} --change`);
    const run = must(
      bench.api.queueRun(bench.actor(), {
        prompt: must(bench.api.findPrompt(prompt.id)),
        model: 'preview',
        parameters: {},
      }),
    );
    await commands.say(`fit ${prompt.id} --undo`);

    expect(bench.reload(run.id).inputs[0]?.asset.facts).toMatchObject({ frames: 120 });
  });

  it('changes nothing where it would not help, or is not needed, and says so', async () => {
    const { commands, bench } = await open();
    const path = await bench.file('voice.mkv', factVideo({}, 'another'));
    const files = [{ path, role: 'depth' as const }];
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'Nothing to follow', files }));
    expect(words(await commands.say(`fit ${prompt.id} --model preview --change`))).toContain(
      'No change of mine would make',
    );
    const good = await bench.prompt('A good one');
    expect(words(await commands.say(`fit ${good.id} --model preview --change`))).toContain('as they are');
    expect(words(await commands.say(`fit ${good.id} --model previw`))).toContain('Did you mean');
  });

  it('fits no model that would refuse to run: rules between files and parameters, and words that it misreads', async () => {
    const commands = await CommandBench.open(EVERY_FAMILY);
    const { bench } = commands;
    const files = [
      { path: await bench.file('face.png', factImage()) },
      { path: await bench.file('voice.wav', factAudio()) },
    ];
    const face = must(await bench.api.createPrompt(bench.actor(), { text: 'A man speaks', files }));
    const text = `A ${'$'}{x} speaks`;
    const misread = must(await bench.api.createPrompt(bench.actor(), { text, files }));
    const why = (prompt: Prompt) =>
      Object.fromEntries(
        bench.api.fitter.fits(prompt).map(({ model, problems }) => [model.profile.id, problems[0]?.code]),
      );

    expect(why(face)).toEqual({ transfer1: 'input.rule_broken', 'humo-1.7b': undefined });
    expect(why(misread)).toEqual({ transfer1: 'input.rule_broken', 'humo-1.7b': 'input.text_forbidden' });
    expect(words(await commands.say(`fit ${face.id}`))).toContain('"There is no video at all."');
    expect(words(await commands.say(`fit ${face.id}`))).toMatch(
      /The video will be 3(\.0)? s, as long as the sound; frames=77 takes less time for it\./,
    );
    expect(words(await commands.say(`fit ${misread.id}`))).not.toContain('Fits');
    expect(words(await commands.say(`fit ${face.id} --model transfer1 --change`))).toContain(
      'No change of mine would make',
    );
    for (const { model, problems } of bench.api.fitter.fits(face)) {
      const checked = bench.api.checkOrder({ prompt: face, model: model.profile.id, parameters: {} });
      expect(checked.ok).toBe(problems.length === 0);
    }
  });

  it('offers no host whose GPUs are known to be too small, and says why', async () => {
    const { commands, bench } = await open();
    const prompt = await bench.prompt('A good one');
    const gpu = { index: '0', uuid: 'GPU-0', name: 'A10', memoryTotalBytes: 24 * 1024 ** 3 };
    const facts = { now: 0, diskFreeBytes: 1, gpus: { state: 'listed' as const, gpus: [gpu] }, paths: [] };
    bench.store.hostReadings.setAnswer('gpu1' as never, facts, bench.clock.now());
    const result = await commands.say(`fit ${prompt.id} --model transfer2.5`);

    expect(words(result)).toContain('Not for transfer2.5');
    expect(words(result)).toContain('gpu1 has 24 GB');
    expect(must(bench.api.checkOrder({ prompt, parameters: {} })).model.profile.id).toBe('preview');
  });
});

describe('preview', () => {
  it('runs what shows the controls, with the weights that the model would have', async () => {
    const { commands, bench } = await open();
    const prompt = await bench.prompt('A good one');
    const weights = must(
      bench.api.checkOrder({ prompt, model: 'transfer2.5', parameters: { edge: 0.7 } }),
    ).parameters;
    const result = await commands.say(`preview ${prompt.id} edge=0.7`);

    expect(result.data).toMatchObject({
      profileId: 'preview',
      promptId: prompt.id,
      parameters: { edge: 0.7, vis: weights['vis'] },
    });
  });

  it('shows those of a run, whatever the model has become since', async () => {
    const { commands, bench } = await open();
    const prompt = await bench.prompt('A good one');
    const order = { prompt, model: 'transfer2.5', parameters: { edge: 0.3, vis: 0.9 } };
    const run = must(bench.api.queueRun(bench.actor(), order));
    const result = await commands.say(`preview ${run.id}`);

    expect(result.data).toMatchObject({ profileId: 'preview', parameters: { edge: 0.3, vis: 0.9 } });
  });

  it('leaves out what only the other model has, and refuses what neither has', async () => {
    const { commands, bench } = await open();
    const prompt = await bench.prompt('A good one');

    expect((await commands.say(`preview ${prompt.id} seed=7`)).failed).toBe(false);
    expect((await commands.say(`preview ${prompt.id} colour=7`)).failed).toBe(true);
  });

  it('has a button where another model could follow, and none where there is no other', async () => {
    const { commands, bench } = await open();
    const prompt = await bench.prompt('A good one');
    expect(actionsOf(await commands.say(`show ${prompt.id}`))).toContainEqual([
      'Preview controls',
      undefined,
    ]);
    const alone = await CommandBench.open();
    const other = await alone.bench.prompt('A good one');
    expect(actionsOf(await alone.say(`show ${other.id}`))).not.toContainEqual([
      'Preview controls',
      undefined,
    ]);
  });

  it('says where nothing can show it', async () => {
    const commands = await CommandBench.open(
      CONFIG.replace('"preview"]', ']').replace('[[hosts]]\nname = "here"\nmodels = []\n', ''),
    );
    const prompt = await commands.bench.prompt('A good one');

    expect(words(await commands.say(`preview ${prompt.id}`))).toContain('No model here shows');
  });
});
