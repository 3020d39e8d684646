import { describe, expect, it } from 'vitest';
import { looksLikeMarker, memberTexts } from '../../../src/core/models/batch-markers.ts';
import { BATCHED } from '../runner/batch-bench.ts';

const NOTHING = { text: 'a fox', negativeText: '', inputs: [], parameters: {} };

/** Whether that text could be taken for a line that the pattern describes. */
function looks(begins: string, text: string): boolean {
  if (BATCHED.batch === undefined) throw new Error('no batch');
  return looksLikeMarker({ ...BATCHED.batch, begins, ends: '^never$' }, { ...NOTHING, text });
}

describe('a text that could be taken for a marker', () => {
  it.each([
    ['^begin', 'begin', true],
    ['^begin$', 'x begin y', true],
    ['^begin', 'be gin', false],
    ['^begin', 'Begin', false],
    ['^Saved .* here$', 'Saved it here and there', true],
    ['^Saved .* here$', 'Saved here', false],
    ['^.*Saved it', 'Saved it', true],
    ['^[^"]*Saved it', '"Saved it', true],
    ['^\\[[^\\]]+\\] Saved', '[x] Saved', true],
    ['^\\[[^\\]]+\\] Saved', 'x] Saved', false],
    ['^\\[[^\\]]+\\] Saved', '[^] Saved', true],
    ['^\\[[^\\]]+\\] Saved', '[]] Saved', false],
    ['say \\^begin\\$ now', 'say ^begin$ now', true],
    ['say \\^begin\\$ now', 'say begin now', false],
    ['say it', 'ay it', false],
    ['^[ab] x$', 'a x y', true],
    ['x[$^]y', 'x$y', true],
    ['x[\\]^]y', 'x^y', true],
  ])('of %j is %j: %s', (pattern, text, expected) => {
    expect(looks(pattern, text)).toBe(expected);
  });

  it.each([
    ['over two lines', 'Saved\nthe prompt'],
    ['over two lines of another system', 'Saved\r\nthe prompt'],
    ['with blanks', 'Saved \t the   prompt'],
    ['behind what a terminal hides', 'Sav\u001b[1med the\u001b[0m prompt'],
  ])('is one, too, %s', (_how, text) => {
    expect(looks('^Saved the prompt', text)).toBe(true);
  });

  it('is one where the marker has the blanks itself', () => {
    expect(looks('^Saved  it', 'Saved  it')).toBe(true);
  });

  it('is one with the beginning or with the end of a run', () => {
    const { batch } = BATCHED;
    if (batch === undefined) throw new Error('no batch');
    expect(looksLikeMarker(batch, { ...NOTHING, text: 'and saved 12 of them' })).toBe(true);
    expect(looksLikeMarker(batch, { ...NOTHING, negativeText: 'to begin with' })).toBe(true);
    expect(looksLikeMarker(batch, { ...NOTHING, parameters: { way: 'begin' } })).toBe(true);
    expect(looksLikeMarker(batch, { ...NOTHING, text: 'and saved some' })).toBe(false);
  });
});

describe('what a run says in words', () => {
  it('is its texts and all that is a text in its parameters', () => {
    const parameters = { seed: 7, style: 'noir', regions: [{ text: 'a fox' }, 'rain'], empty: ' ' };
    expect(memberTexts({ text: 'snow', negativeText: '\n', parameters } as never)).toEqual([
      'snow',
      'noir',
      'a fox',
      'rain',
    ]);
  });
});
