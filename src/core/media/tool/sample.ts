import { parseArgs } from 'node:util';
import { AV_PIX_FMT_RGB24 } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import { frameRateOf } from '../frame-rate.ts';
import { openFrameFilter } from './frame-filter.ts';
import { SCENE_VIEWS, type SceneView, StreetScene } from './street-scene.ts';
import { UsageError } from './usage-error.ts';
import { openVideoWriter } from './video-writer.ts';

interface SampleOptions {
  readonly out: string;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly view: SceneView;
}

/**
 * `sample --out FILE [--seconds 5] [--width 640] [--height 352] [--fps 24] [--view color|depth|seg]`: draws a
 * short video of a street, always the same one, so that there is something to run a model with.
 */
export async function sample(argv: readonly string[]): Promise<void> {
  const options = readOptions(argv);
  const { width, height, fps } = options;
  const scene = new StreetScene(width, height, options.view);
  const shape = { width, height, pixelFormat: AV_PIX_FMT_RGB24 };
  using filter = await openFrameFilter(
    [shape],
    '[in0]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[out]',
  );
  const writer = await openVideoWriter(options.out, { width, height, frameRate: frameRateOf(fps) });
  try {
    for (let index = 0; index < options.frames; index++) {
      using picture = Frame.fromVideoBuffer(scene.draw(index / fps), {
        width,
        height,
        format: AV_PIX_FMT_RGB24,
      });
      await writer.write(await filter.push([picture]));
    }
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

function readOptions(argv: readonly string[]): SampleOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      width: { type: 'string', default: '640' },
      height: { type: 'string', default: '352' },
      fps: { type: 'string', default: '24' },
      view: { type: 'string', default: 'color' },
    },
  });
  if (values.out === undefined || values.out === '') throw new UsageError('--out FILE is missing');
  const fps = readNumber('fps', values.fps, 1, 120);
  const seconds = readNumber('seconds', values.seconds, 0.01, 600);
  const view = SCENE_VIEWS.find((known) => known === values.view);
  if (view === undefined) throw new UsageError(`--view must be one of ${SCENE_VIEWS.join(', ')}`);
  return {
    out: values.out,
    fps,
    frames: Math.max(1, Math.round(seconds * fps)),
    width: readEven('width', values.width),
    height: readEven('height', values.height),
    view,
  };
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a number from ${least} to ${most}, got "${text}"`);
}

function readEven(name: string, text: string): number {
  const value = readNumber(name, text, 16, 4096);
  if (value % 2 === 0) return value;
  throw new UsageError(`--${name} must be an even whole number, got "${text}"`);
}
