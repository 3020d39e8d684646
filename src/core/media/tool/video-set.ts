import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import type { Frame } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import { decodeFrames } from './decode-frames.ts';
import type { FrameShape } from './frame-filter.ts';
import { measurePackets } from './measure-packets.ts';
import { averageFrameRate, displayedSize } from './media-facts.ts';
import { type OpenMedia, openMedia } from './open-media.ts';

/** Videos that are played together, frame by frame. */
export interface VideoSet extends AsyncDisposable {
  /** Of the first video, as displayed, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Of the shortest one. */
  readonly frames: number;
  /** Of each one, as stored. */
  readonly shapes: readonly FrameShape[];
  readonly quarterTurns: readonly number[];
  /** One frame of each video, until one of them ends. Valid until the next step. */
  frameSets(): AsyncGenerator<readonly Frame[]>;
}

/** 8K. */
const MOST_PIXELS = 7680 * 4320;

/** Throws with the name of the first video that cannot be played. */
export async function openVideoSet(paths: readonly string[]): Promise<VideoSet> {
  await using opened = new AsyncDisposableStack();
  const media: OpenMedia[] = [];
  const rates: number[] = [];
  let frames = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const { frames: count, fps } = await naming(path, () => measure(path));
    frames = Math.min(frames, count);
    rates.push(fps);
    const fd = await naming(path, async () => openInput(path));
    opened.defer(() => closeSync(fd));
    media.push(opened.use(await naming(path, () => openVideo(fd))));
  }
  const [first] = media;
  if (first === undefined) throw new Error('There is no video to play');
  const iterators = media.map((each) => decodeFrames(each));
  // The header's pixel format is only a guess; the first frames are what the filters will see.
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  const shapes = heads.map((head, index) => {
    if (head.done === true) throw new Error(`${basename(paths[index] ?? '')}: there is no frame in it`);
    return { width: head.value.width, height: head.value.height, pixelFormat: head.value.format };
  });
  const owned = opened.move();

  return {
    ...displayedSize(first.stream.codecpar.width, first.stream.codecpar.height, first.quarterTurns),
    fps: rates[0] ?? 0,
    frames,
    shapes,
    quarterTurns: media.map((each) => each.quarterTurns),
    async *frameSets() {
      for (let steps = heads; ; steps = await Promise.all(iterators.map((iterator) => iterator.next()))) {
        const set = steps.flatMap((step) => (step.done === true ? [] : [step.value]));
        if (set.length < steps.length) return;
        for (const [index, frame] of set.entries()) {
          if (!hasShape(frame, shapes[index]))
            throw new Error(`${basename(paths[index] ?? '')}: its frames differ in size`);
        }
        yield set;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const iterator of iterators) await iterator.return(undefined);
      await owned.disposeAsync();
    },
  };
}

/** Opens the file for itself: not every container can be rewound. */
async function measure(path: string): Promise<{ readonly frames: number; readonly fps: number }> {
  const fd = openInput(path);
  try {
    await using video = await openVideo(fd);
    const measured = await measurePackets(video);
    return { frames: measured.packets, fps: averageFrameRate(video, measured) };
  } finally {
    closeSync(fd);
  }
}

function openInput(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new Error(`the file cannot be opened${code}`, { cause: error });
  }
}

async function openVideo(fd: number): Promise<OpenMedia> {
  const media = await openMedia(fd, MOST_PIXELS);
  if (media.kind === 'video') return media;
  await media[Symbol.asyncDispose]();
  throw new CosmosError('input.role_wrong_kind', { expected: 'video', found: media.kind });
}

async function naming<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function hasShape(frame: Frame, shape: FrameShape | undefined): boolean {
  return frame.width === shape?.width && frame.height === shape.height && frame.format === shape.pixelFormat;
}
