import { describe, expect, it } from 'vitest';
import { workOf } from '../../../src/core/queue/learned-runs.ts';
import { videoShape, workShape } from '../../../src/core/runs/shape.ts';
import { input, shipped, video } from '../models/profiles.ts';

const still = input('image', { kind: 'image', width: 640, height: 480, codec: 'png' }, 'png');

describe('the work of a run', () => {
  const profile = shipped('transfer2.5');
  const image = shipped('transfer2.5-image');

  it('is the video that its model takes, and the picture where that is what it takes', () => {
    const run = { inputs: [video('color', 200), still], parameters: {} };

    expect(workShape(profile, run)).toMatchObject({ frames: 200 });
    expect(workShape(image, run)).toEqual({ frames: 1, width: 640, height: 480 });
    expect(videoShape(image, run)).toBeUndefined();
  });

  it('is no more frames than were asked for', () => {
    const inputs = [video('color', 500)];

    expect(videoShape(profile, { inputs, parameters: { max_frames: 93 } })).toMatchObject({ frames: 93 });
    expect(videoShape(profile, { inputs, parameters: { max_frames: 900 } })).toMatchObject({ frames: 500 });
    expect(videoShape(profile, { inputs, parameters: {} })).toMatchObject({ frames: 500 });
    expect(workOf(profile, { inputs, parameters: { max_frames: 93, num_steps: 8 } })).toMatchObject({
      frames: 93,
      steps: 8,
    });
  });

  it.each(['transfer2.5', 'transfer2.5-distilled', 'cosmos3'])('is known to be cut by %s', (id) => {
    const run = { inputs: [video('color', 500)], parameters: { max_frames: 50 } };
    expect(workShape(shipped(id), run)).toMatchObject({ frames: 50 });
  });

  it('is the video that is asked for where settings say what is made, whatever the files are', () => {
    const voice = input('audio', { kind: 'audio', durationMs: 1000, codec: 'mp3' }, 'mp3');
    const parameters = { frames: 49, width: '832', height: '480', num_steps: 30 };

    for (const inputs of [[voice], [voice, still], [voice, video('color', 200)]]) {
      expect(workShape(shipped('humo-1.7b'), { inputs, parameters })).toEqual({
        frames: 49,
        width: 832,
        height: 480,
      });
    }
    expect(workShape(shipped('humo-1.7b'), { inputs: [still], parameters: { frames: 49 } })).toBeUndefined();
  });
});
