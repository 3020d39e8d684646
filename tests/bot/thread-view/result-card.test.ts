import { describe, expect, test } from 'vitest';
import { resultCard } from '../../../src/bot/thread-view/result-card.ts';
import { endedRun, MINUTE, NOW } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

import { EDGE, VIDEO } from './sample-views.ts';

describe('the result card', () => {
  test('says what came out, how long it took, and where the full file is', () => {
    const card = resultCard({
      run: endedRun({ outputs: [VIDEO, EDGE] }),
      hardware: 'one H100',
      notify: { mention: 'U1', name: 'ana' },
      place: {
        kind: 'proxy',
        proxyBytes: 9.6e6,
        fullBytes: 48e6,
        link: {
          url: 'https://cosmos.example/f/abc',
          name: 'street.mp4',
          until: NOW + 7 * 24 * 60 * MINUTE,
        },
      },
    });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · 5.0 s · 1280×704 · 24 fps · 8 min 12 s on one H100
        edge 0.8 · vis 0.2 · 35 steps · seed 7 · @ana
        Posted as a 9.6 MB proxy; full file (48 MB): street.mp4 (https://cosmos.example/f/abc),
        until 27 Nov 14:30. Details has a new link.
        Controls as the model saw them: edge
        → Tune and run: /cosmos tune rs_3fq8w1zz   /cosmos rate rs_3fq8w1zz 1|2|3|4|5
          Show log: /cosmos logs rs_3fq8w1zz   Details: /cosmos show rs_3fq8w1zz
          Reproduce: /cosmos reproduce rs_3fq8w1zz
      "
    `);
  });

  test('says who has cancelled it too late, and of a usual one nothing of that', () => {
    const cancel = { requestedAt: NOW, by: 'pr_2' as never, byName: 'ben' };
    const card = (run: ReturnType<typeof endedRun>) =>
      rendered(resultCard({ run, place: { kind: 'attached' } })).replaceAll(/\s+/g, ' ');

    expect(card(endedRun({ outputs: [VIDEO], cancel }))).toContain(
      '@ben asked to cancel it, and that came too late: it had already ended by itself.',
    );
    expect(card(endedRun({ outputs: [VIDEO] }))).not.toContain('cancel');
  });

  test('names the path where nothing can be attached', () => {
    const run = endedRun({ outputs: [VIDEO] });
    expect(rendered(resultCard({ run, place: { kind: 'path', path: VIDEO.path } }))).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · 5.0 s · 1280×704 · 24 fps · took 8 min 12 s
        edge 0.8 · vis 0.2 · 35 steps · seed 7
        data/outputs/rs_3fq8w1zz/video.mp4 (48 MB)
        → Tune and run: /cosmos tune rs_3fq8w1zz   /cosmos rate rs_3fq8w1zz 1|2|3|4|5
          Show log: /cosmos logs rs_3fq8w1zz   Details: /cosmos show rs_3fq8w1zz
          Reproduce: /cosmos reproduce rs_3fq8w1zz
      "
    `);
  });

  test('tells the facts of what it brings: size, GPU time, and the seed also where that is not essential', () => {
    const run = endedRun({ outputs: [VIDEO, EDGE], gpuSeconds: 480 });
    const place = { kind: 'attached' } as const;
    expect(
      rendered(resultCard({ run, place, parametersShown: ['edge'], leftOut: [EDGE] })),
    ).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · 5.0 s · 1280×704 · 24 fps · took 8 min 12 s
        edge 0.8
        48 MB · GPU time 8 min · seed 7
        Controls as the model saw them: edge
        Not posted here: edge (4 MB). Details says where they are.
        → Tune and run: /cosmos tune rs_3fq8w1zz   /cosmos rate rs_3fq8w1zz 1|2|3|4|5
          Show log: /cosmos logs rs_3fq8w1zz   Details: /cosmos show rs_3fq8w1zz
          Reproduce: /cosmos reproduce rs_3fq8w1zz
      "
    `);
  });

  test('has a link to the file where nothing can be attached', () => {
    const link = { url: 'https://cosmos.example/f/abc', name: 'street.mp4', until: NOW + 60 * MINUTE };
    const place = { kind: 'path', path: VIDEO.path, link } as const;
    expect(rendered(resultCard({ run: endedRun({ outputs: [VIDEO] }), place }))).toContain(
      'Not posted here; full file (48 MB): street.mp4 (https://cosmos.example/f/abc),',
    );
  });

  test('says where the full file lies when there is no link', () => {
    const place = { kind: 'proxy', proxyBytes: 9.6e6, fullBytes: 48e6, path: VIDEO.path } as const;
    expect(
      rendered(resultCard({ run: endedRun({ outputs: [VIDEO] }), place, parametersShown: [] })),
    ).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · 5.0 s · 1280×704 · 24 fps · took 8 min 12 s
        seed 7
        Posted as a 9.6 MB proxy; full file (48 MB) is on the bot's machine:
        data/outputs/rs_3fq8w1zz/video.mp4
        → Tune and run: /cosmos tune rs_3fq8w1zz   /cosmos rate rs_3fq8w1zz 1|2|3|4|5
          Show log: /cosmos logs rs_3fq8w1zz   Details: /cosmos show rs_3fq8w1zz
          Reproduce: /cosmos reproduce rs_3fq8w1zz
      "
    `);
  });

  test.each([
    [
      { applied: 'builtin', checks: ['prompt', 'video'], fail_open: false },
      'Guardrails: prompt and video checked, passed.',
    ],
    [{ applied: 'builtin', checks: ['prompt'], fail_open: false }, 'Guardrails: prompt checked, passed.'],
    [
      { applied: 'builtin', checks: [], fail_open: true },
      'Guardrails: checked by the model, passed (a checker that breaks lets everything pass).',
    ],
    [{ applied: 'none', checks: [], fail_open: false }, 'Guardrails: none; this model has none.'],
    [
      { applied: 'not_in_this_path', checks: [], fail_open: false },
      'Guardrails: none in this path; the model has some and does not use them here.',
    ],
  ] as const)('says what was really checked: %j', (guardrail, words) => {
    const card = resultCard({ run: endedRun({ outputs: [VIDEO] }), place: { kind: 'attached' }, guardrail });

    expect(JSON.stringify(card.blocks)).toContain(words);
  });

  test('says nothing of guardrails where the profile does not', () => {
    const card = resultCard({ run: endedRun({ outputs: [VIDEO] }), place: { kind: 'attached' } });

    expect(JSON.stringify(card.blocks)).not.toContain('Guardrails');
  });

  test('has a text that is the result in the message itself', () => {
    const output = { ...VIDEO, kind: 'text', text: 'Rain falls.' } as const;
    const card = resultCard({ run: endedRun({ outputs: [output] }), place: { kind: 'attached' } });

    expect(card.blocks).toContainEqual({ type: 'quote', text: 'Rain falls.' });
  });
});
