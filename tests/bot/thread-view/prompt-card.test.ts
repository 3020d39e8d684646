import { describe, expect, test } from 'vitest';
import { fitCard } from '../../../src/bot/thread-view/fit-card.ts';
import { promptCard } from '../../../src/bot/thread-view/prompt-card.ts';
import { MINUTE, samplePrompt } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

describe('the prompt card', () => {
  test('says what was sent, what fits, and how to run it', () => {
    const card = promptCard({
      prompt: samplePrompt(),
      computed: ['seg'],
      fits: [
        { model: 'transfer1', on: 'gpu1', expected: { low: 9 * MINUTE, high: 12 * MINUTE }, problems: [] },
      ],
    });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      rainy_neon_street · ps_7k2m9x4d
        ▏ A rainy neon street at night, cinematic
        color  street.mp4        1280×704 · 24 fps · 121 frames · 5.0 s
        depth  street_depth.mp4  same size and length
        seg    none              the model computes it
        Fits transfer1 on gpu1. About 9–12 min.
        → Run: /cosmos inference ps_7k2m9x4d   Tune: /cosmos tune ps_7k2m9x4d
          Roles: /cosmos roles ps_7k2m9x4d
      "
    `);
  });

  test.each([
    [['notes.pdf'], 'nor picture: notes.pdf.'],
    [['a.pdf', 'b.txt', 'c.zip', 'd', 'e', 'f', 'g'], 'a.pdf, b.txt, c.zip, d, e and 2 more.'],
  ])('says which files that came with it cannot be an input: %j', (leftOut, said) => {
    const view = { prompt: { ...samplePrompt(), leftOut }, computed: [], fits: [] };
    expect(rendered(promptCard(view)).replaceAll(/\s+/g, ' ')).toContain(said);
    expect(rendered(promptCard({ ...view, prompt: samplePrompt() }))).not.toContain('Left out');
  });

  test('says why nothing fits, and offers no run', () => {
    const card = promptCard({
      prompt: samplePrompt({ inputs: [], text: 'two\nlines' }),
      posterPath: 'data/posters/ab.jpg',
      computed: [],
      fits: [
        {
          model: 'preview',
          problems: [{ code: 'input.role_missing', parameters: { role: 'color', model: 'preview' } }],
        },
      ],
    });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      rainy_neon_street · ps_7k2m9x4d
        ▏ two
        ▏ lines
        No files yet: send them into this thread.
        Not for preview: preview needs a color file, and the prompt has none. Send that file
        into the thread of the prompt (in a shell: npx cosmos add), or give its role to another
        one with roles.
      "
    `);
    expect(card.actions).toEqual([]);
  });

  test('names the command that adds what is missing, where it is read in a shell', () => {
    const problems = [
      { code: 'input.role_missing' as const, parameters: { role: 'color', model: 'preview' } },
    ];
    const view = {
      prompt: samplePrompt({ inputs: [] }),
      computed: [],
      fits: [{ model: 'preview', problems }],
    };
    for (const card of [promptCard({ ...view, inShell: true }), fitCard({ ...view, inShell: true })]) {
      const words = rendered(card).replaceAll(/\s+/g, ' ');
      expect(words).toContain('Add that file with npx cosmos add ps_7k2m9x4d FILE, or');
      expect(words).not.toContain('thread');
    }
    expect(rendered(promptCard({ ...view, inShell: true }))).toContain(
      'No files yet: add them with npx cosmos add ps_7k2m9x4d FILE.',
    );
    expect(rendered(fitCard(view))).not.toContain('ps_7k2m9x4d FILE');
  });

  test('says into how many parts a model divides it', () => {
    const fits = [
      { model: 'transfer1', parts: 4, expected: { low: 36 * MINUTE, high: 44 * MINUTE }, problems: [] },
    ];
    expect(rendered(promptCard({ prompt: samplePrompt(), computed: [], fits }))).toContain(
      'Fits transfer1 in 4 parts. About 36–44 min.',
    );
  });
});
