import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIdLike } from '../../../src/core/ids.ts';
import { checkName, promptName } from '../../../src/core/prompts/prompt-name.ts';

const FREE = (): boolean => false;

describe('a name made of a text', () => {
  it.each([
    ['A rainy neon street at night, cinematic', 'rainy_neon_street'],
    ['the and of', 'the_and_of'],
    ['Ночная улица под дождём', 'ночная_улица_под'],
    ['夜の港', '夜の港'],
    ['रात की बारिश', 'रात_की_बारिश'],
    ['Caf\u0065\u0301 terrace', 'café_terrace'],
    ['🌧️🌧️', 'prompt'],
    ['', 'prompt'],
    ['ps 7k2m9x4d', '7k2m9x4d'],
    ['rs', 'prompt'],
    ['1999', '1999'],
    ['street street STREET', 'street'],
    [`${'x'.repeat(60)} b`, 'x'.repeat(40)],
  ])('%j is %s', (text, name) => {
    expect(promptName(text, FREE)).toBe(name);
  });

  it('has a number where it is taken, and is never longer for it', () => {
    const taken = new Set(['street', 'street_2']);
    expect(promptName('street', (name) => taken.has(name))).toBe('street_3');
    const long = 'x'.repeat(60);
    expect(promptName(long, (name) => name === 'x'.repeat(40))).toBe(`${'x'.repeat(38)}_2`);
  });

  it('is valid as a name, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.nat({ max: 12 }), (text, takenNames) => {
        let left = takenNames;
        const name = promptName(text, () => left-- > 0);
        expect([...name].length).toBeLessThanOrEqual(40);
        expect(name).toMatch(/^[\p{L}\p{M}\p{N}_]+$/u);
        expect(isIdLike(name)).toBe(false);
      }),
    );
  });

  it('has at most three words, each of which can be given by hand', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const name = promptName(text, FREE);
        expect(name.split('_').length).toBeLessThanOrEqual(3);
        expect(checkName(name)).toEqual({ ok: true, value: name });
      }),
    );
  });
});

describe('a name that somebody gives', () => {
  it.each(['street', 'rainy_street', 'take-2', '夜の港', '2026'])('%s is taken as it is', (name) => {
    expect(checkName(name)).toEqual({ ok: true, value: name });
  });

  it.each([
    ['Rainy Street', 'rainy_street'],
    ['ps_7k2m9x4d', '7k2m9x4d'],
    ['a_b_c_d', 'b_c_d'],
    ['x'.repeat(41), 'x'.repeat(40)],
    ['street!', 'street'],
    ['../street', 'street'],
  ])('%s is refused with a better one', (name, nearest) => {
    expect(checkName(name)).toMatchObject({
      problems: [{ code: 'input.name_invalid', parameters: { name, nearest } }],
    });
  });

  it.each(['', ' ', '--', '🌧️'])('%j is refused', (name) => {
    expect(checkName(name)).toMatchObject({ ok: false });
  });
});
