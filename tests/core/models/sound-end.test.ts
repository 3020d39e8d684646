import { describe, expect, it } from 'vitest';
import { soundEnd } from '../../../src/core/models/sound-end.ts';
import { input, minimal, shipped } from './profiles.ts';

const humo = shipped('humo-1.7b');
const voice = (durationMs: number) => input('audio', { kind: 'audio', durationMs, codec: 'mp3' }, 'mp3');

describe('a sound that ends a video', () => {
  it.each([
    [2400, 97, 61],
    [2440, 97, 61],
    [2441, 97, 65],
    [200, 97, 5],
    [200, 9, 5],
    [3860, 97, undefined],
  ])('is told with what would be enough: %i ms of %i frames', (durationMs, frames, value) => {
    const enough = value === undefined ? {} : { enough: { parameter: 'frames', value } };
    const expected = { role: 'audio', seconds: durationMs / 1000, ...enough };
    expect(soundEnd(humo, [voice(durationMs)], { frames })).toEqual(
      value === undefined ? undefined : expected,
    );
  });

  it('has no setting where the next lower one would be too few', () => {
    expect(soundEnd(humo, [voice(3800)], { frames: 97 })).toEqual({ role: 'audio', seconds: 3.8 });
  });

  it('is none where it is as long, where none is given, and where a model does not say so', () => {
    expect(soundEnd(humo, [voice(4000)], { frames: 97 })).toBeUndefined();
    expect(soundEnd(humo, [], { frames: 97 })).toBeUndefined();
    expect(soundEnd(humo, [voice(1000)], {})).toBeUndefined();
    expect(soundEnd(minimal(), [voice(1000)], { frames: 97 })).toBeUndefined();
  });
});
