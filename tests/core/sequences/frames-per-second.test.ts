import { expect, it } from 'vitest';
import { fpsOfName } from '../../../src/core/sequences/frames-per-second.ts';

it.each([
  ['render_30fps.zip', 30],
  ['render 23.976 FPS.zip', 23.976],
  ['60fps_render', 60],
  ['render.zip', undefined],
  ['shot30fpsx.zip', undefined],
  ['x1000fps.zip', undefined],
  ['render_0fps.zip', undefined],
  ['render_300fps.zip', undefined],
])('the name %s says %s frames per second', (name, fps) => {
  expect(fpsOfName(name)).toBe(fps);
});
