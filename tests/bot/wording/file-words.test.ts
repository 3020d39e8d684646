import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';

const sentence = (code: ErrorCode, parameters: Readonly<Record<string, string | number>>): string =>
  explain({ code, parameters }).sentence;

describe('what is said of files that a model does not take', () => {
  it.each([
    ['color', 'vista needs a `color` file, and the prompt has none.'],
    ['image', 'vista needs an `image` file, and the prompt has none.'],
    ['audio', 'vista needs an `audio` file, and the prompt has none.'],
    ['edge', 'vista needs an `edge` file, and the prompt has none.'],
  ])('has the article of %s', (role, said) => {
    expect(sentence('input.role_missing', { role, model: 'vista' })).toBe(said);
  });

  it('counts frames one by one', () => {
    const limits = { role: 'color', model: 'vista', minimum: 2 };
    expect(sentence('input.frames_out_of_range', { ...limits, frames: 1 })).toBe(
      'The color video has 1 frame; vista takes 2 or more.',
    );
    expect(sentence('input.frames_out_of_range', { ...limits, frames: 9000, maximum: 5000 })).toBe(
      'The color video has 9000 frames; vista takes 2 to 5000.',
    );
    expect(sentence('input.frames_out_of_range', { role: 'color' })).toBe(
      'The color video has another number of frames; the model takes another number.',
    );
  });
});
