import { expect, it } from 'vitest';
import { frameRateOfName } from '../../../src/core/sequences/frames-per-second.ts';

it.each([
  ['render_30fps.zip', [30, 1]],
  ['render 23.976 FPS.zip', [24_000, 1001]],
  ['render_12.5fps.zip', [25, 2]],
  ['60fps_render', [60, 1]],
  ['render.zip', undefined],
  ['shot30fpsx.zip', undefined],
  ['x1000fps.zip', undefined],
  ['render_0fps.zip', undefined],
  ['render_300fps.zip', undefined],
])('the name %s says %j frames per second', (name, parts) => {
  const rate = frameRateOfName(name);
  expect(rate && [rate.numerator, rate.denominator]).toEqual(parts);
});
