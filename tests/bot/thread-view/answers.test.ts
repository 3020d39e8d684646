import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { answerCard, logCard, problemCard } from '../../../src/bot/thread-view/answer-card.ts';
import { helpCard } from '../../../src/bot/thread-view/help-card.ts';
import { listCard } from '../../../src/bot/thread-view/list-card.ts';
import { modelCard, modelsCard } from '../../../src/bot/thread-view/models-card.ts';
import { resultCard } from '../../../src/bot/thread-view/result-card.ts';
import { runDetailsCard } from '../../../src/bot/thread-view/run-details-card.ts';
import type { ModelView } from '../../../src/bot/thread-view/views.ts';
import type { RunId } from '../../../src/core/ids.ts';
import { activeRun, endedRun, samplePrompt, sampleRun } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

import { EDGE, PLACE, VIDEO } from './sample-views.ts';

describe('answers', () => {
  test('a run is shown with all that is known of it', () => {
    const run = endedRun({
      outputs: [VIDEO, EDGE],
      rating: 4,
      priority: 2,
      gpuSeconds: 480,
      negativeText: 'blur',
    });
    const parent = { run: 'rs_11111111' as RunId, relation: 'retry' } as const;
    expect(rendered(runDetailsCard({ run: { ...run, parent } }))).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0
        ▏ A rainy neon street at night, cinematic
        Not: blur
        state       done
        asked by    @ana 20 min ago
        prompt      ps_7k2m9x4d
        came from   rs_11111111 (retry)
        started     8 min ago
        ended       just now after 8 min 12 s
        GPU time    8 min
        parameters  edge 0.8 · vis 0.2 · 35 steps · seed 7
        priority    2
        rating      4 of 5
        profile     transfer1 c0ffee00c0ff
        2 inputs:
        color  street.mp4 · 1280×704 · 24 fps · 121 frames · 5.0 s
        depth  street_depth.mp4 · 1280×704 · 24 fps · 121 frames · 5.0 s
        2 results:
        video  data/outputs/rs_3fq8w1zz/video.mp4 · 48 MB · 1280×704 · 24 fps · 121 frames ·
               5.0 s
        edge   data/outputs/rs_3fq8w1zz/edge.mp4 · 4 MB · 1280×704 · 24 fps · 121 frames · 5.0 s
        → Tune and run: /cosmos tune rs_3fq8w1zz   /cosmos rate rs_3fq8w1zz 1|2|3|4|5
          Reproduce: /cosmos reproduce rs_3fq8w1zz   Run again: /cosmos retry rs_3fq8w1zz
          Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test.each([
    ['a result', {}],
    ['a draft', { draft: ['num_steps'] }],
  ])('%s has every button that stands below it where it was posted', (_, more) => {
    const run = endedRun({ outputs: [VIDEO], ...more });
    const next = { hasSeed: true, canUpscale: true };
    const posted = resultCard({ run, place: { kind: 'attached' }, ...next }).actions;
    const shown = runDetailsCard({ run, next }).actions;
    expect(shown).toEqual(expect.arrayContaining(posted.filter(({ verb }) => verb !== 'show')));
    expect(shown.map(({ verb }) => verb)).not.toContain('show');
    expect(shown.at(-1)).toMatchObject({ verb: 'logs' });
  });

  test('of a run that found a better text there are the buttons of that text', () => {
    const run = endedRun({});
    const enhanced = { prompt: samplePrompt(), isDiscarded: false };
    const verbs = runDetailsCard({ run, next: { hasSeed: true, enhanced } }).actions.map(({ verb }) => verb);
    expect(verbs).toEqual(['inference', 'tune', 'discard', 'retry', 'logs']);
  });

  test('a waiting run is shown with its place', () => {
    expect(rendered(runDetailsCard({ run: sampleRun(), place: PLACE }))).toContain(
      '3 of 5, starts in 18–25 min',
    );
  });

  test('prompts and runs are listed in rows', () => {
    const rows = [{ prompt: samplePrompt(), ownerName: 'ana', runs: 3 }];
    expect(rendered(listCard({ what: 'prompts', rows, total: 12, search: 'neon' }))).toMatchInlineSnapshot(`
      "
      12 prompts with “neon”
        ps_7k2m9x4d  rainy_neon_street  3 runs  @ana  3 min ago
        11 more: add --limit 12
      "
    `);
    expect(
      rendered(listCard({ what: 'runs', rows: [activeRun(), endedRun()], total: 2 })),
    ).toMatchInlineSnapshot(`
      "
      2 runs
        rs_3fq8w1zz  running 46 %  rainy_neon_street  transfer1  @ana  5 min ago
        rs_3fq8w1zz  done          rainy_neon_street  transfer1  @ana  just now
      "
    `);
    expect(rendered(listCard({ what: 'runs', rows: [], total: 0, state: 'failed' }))).toMatchInlineSnapshot(`
      "
      No runs failed
        Start one with inference PROMPT.
      "
    `);
  });

  test('help lists every verb', () => {
    expect(rendered(helpCard(COMMANDS))).toMatchInlineSnapshot(`
      "
      What I can do
        Send a video together with a sentence that says what it shall become; that makes a
        prompt, and you can run it.
        create     Make a prompt from a text and files
        inference  Queue a run of a prompt, or many: of several values or prompts
        confirm    Queue the runs that were shown and wait for a yes
        tune       Choose model and parameters for a run of a prompt, or like another run
        list       List prompts, runs or requests with many runs, newest first
        show       Show one prompt, run or request with all that is known of it
        search     Find prompts by words of their text or name
        status     Show the hosts, their GPUs and what runs on them, or one run or request
        queue      Show the queue or what starts together, pause or resume it
        logs       Show the last lines of a run's log
        cancel     Cancel a run or a whole request; only an admin cancels those of others
        rate       Rate the result of a run, from 1 (poor) to 5 (great)
        retry      Queue a finished run again as it was, or what failed of a request
        promote    Queue the full run of a draft: same seed, without what made it a draft
        rerun      Queue a run again with a new seed, or with what you change
        upscale    Make the result of a run, or the video of a prompt, larger
        enhance    Make a new prompt with a better text, found by a model that sees the video
        preview    Show what a model will be conditioned on, before it takes GPU time
        fit        Say which models take the files of a prompt, and mend what does not fit
        reproduce  Run a finished run again exactly as it was, and say what differs
        models     List the models, or show one with its parameters
        roles      Show what the files of a prompt are used as, or change it
        discard    Take a prompt without runs out of all listings; restore undoes it
        restore    Bring a discarded prompt back
        help       Explain the commands, or one of them
        More about one of them: help inference. Ids and names may be shortened to their
        beginning, and left out in the thread of a run.
      "
    `);
  });

  test('help for a verb has its arguments, options and examples', () => {
    expect(rendered(helpCard(COMMANDS, 'inference'))).toMatchInlineSnapshot(`
      "
      inference PROMPT [OTHERS…] [parameter=value…] [--model MODEL] [--draft]
        Queue a run of a prompt, or many: of several values or prompts.
        PROMPT           Id or name of the prompt, or its beginning
        OTHERS           Further prompts, each run with the same parameters
        parameter=value  Parameters of the model (see models MODEL); 1..8, 1..9..2 and 0.2,0.5
                         ask for a run of each value
        --model MODEL    Model to run; else the first that fits
        --draft          A quick look, as the model says what that is; promote makes the full
                         run of it
        --dry-run        Show what would be sent to the host, send nothing
        --yes            Queue also very many runs without being asked
        --priority N     Higher goes first; 0 is usual, and only an admin may go above it
        For example:
        inference ps_7k2m9x4d
        inference ps_7k2m9x4d edge=0.8 vis=0.2 canny_threshold=low
        inference ps_7k2m9x4d seed=1..8 edge=0.2,0.5,0.8 --draft
        inference ps_7k2m9x4d ps_2c8h5n3t seed=1..4
        inference ps_7k2m9x4d --model preview --dry-run
        Also: run
      "
    `);
  });

  test('one problem is a sentence with the way out', () => {
    const action = { verb: 'inference', target: 'ps_7k2m9x4d', label: 'Run it' };
    const parameters = { kind: 'prompt', given: 'ps_7k2', nearest: 'ps_7k2m9x4d' };
    const card = problemCard([{ code: 'input.id_unknown', parameters }], [action]);
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ▲ I know no prompt "ps_7k2". Did you mean ps_7k2m9x4d?
        See the latest with list prompts.
        → Run it: /cosmos inference ps_7k2m9x4d
      "
    `);
  });

  test('several problems are told together', () => {
    const card = problemCard([
      {
        code: 'input.parameter_range',
        parameters: {
          parameter: 'edge',
          given: 8,
          expected: 'a weight',
          minimum: 0,
          maximum: 1,
          nearest: 0.8,
        },
      },
      {
        code: 'input.parameter_type',
        parameters: { parameter: 'seed', given: 'abc', expected: 'a whole number' },
      },
    ]);
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ▲ 2 things to correct
        • edge is a weight from 0 to 1; you wrote 8. Did you mean 0.8? Correct the value and
        send it again.
        • seed takes a whole number; you wrote abc. Correct the value and send it again.
      "
    `);
  });

  test('a plain answer is one line', () => {
    expect(rendered(answerCard('Rated `rs_3fq8w1zz` 5 of 5.', { mark: 'done' }))).toBe(
      '\n✔ Rated rs_3fq8w1zz 5 of 5.\n',
    );
  });

  test('a log is shown, or said to be empty', () => {
    expect(rendered(logCard(activeRun(), ['one', 'two']))).toMatchInlineSnapshot(`
      "
      ▶ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0
        │ one
        │ two
        → Details: /cosmos show rs_3fq8w1zz
      "
    `);
    expect(rendered(logCard(activeRun(), []))).toContain('The log is empty so far.');
  });

  test('models are listed, and one is shown with its parameters', () => {
    const model: ModelView = {
      model: 'preview',
      title: 'Control preview',
      description: 'Shows what a controlled model is conditioned on.',
      hosts: ['here'],
      inputs: [
        { role: 'color', required: true },
        { role: 'depth', required: false },
      ],
      parameters: [
        {
          name: 'edge',
          values: 'number from 0 to 1',
          default: 0.5,
          help: 'Weight of the edges',
          essential: true,
        },
        { name: 'canny_threshold', values: 'low, medium or high', essential: false },
      ],
    };
    expect(rendered(modelsCard([model, { ...model, model: 'transfer1', hosts: [] }]))).toMatchInlineSnapshot(`
      "
      Models
        preview    Control preview  on here
        transfer1  Control preview  no host runs it
        More about one of them: models preview
      "
    `);
    const gpus = { minimum: 1, maximum: 8, memory: 28 };
    expect(rendered(modelCard({ ...model, gpus }))).toContain(
      'Needs 1 to 8 GPUs with 28 GB or more each. On here.',
    );
    const table = { minimum: 1, maximum: 8, memory: { 2: 80, 10: 24, 1: 96 } };
    expect(rendered(modelCard({ ...model, gpus: table })).replaceAll(/\s+/g, ' ')).toContain(
      'Needs 1 to 8 GPUs with 96 GB or more each, 80 GB from 2 GPUs on, 24 GB from 10 GPUs on. On here.',
    );
    expect(rendered(modelCard({ ...model, gpus: { minimum: 2 } }))).toContain(
      'Needs 2 or more GPUs. On here.',
    );
    expect(rendered(modelCard({ ...model, gpus: { minimum: 1, maximum: 1 } }))).toContain(
      'Needs 1 GPU. On here.',
    );
    expect(rendered(modelCard(model))).toMatchInlineSnapshot(`
      "
      preview · Control preview
        Shows what a controlled model is conditioned on.
        Takes color (needed), depth. On here.
        edge             number from 0 to 1, usually 0.5  Weight of the edges
        canny_threshold  low, medium or high
      "
    `);
  });
});
