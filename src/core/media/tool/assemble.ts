import { createReadStream } from 'node:fs';
import { AV_CODEC_ID_PNG } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, Packet } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import type { FrameRate, OnProgress, SequencePlan } from '../../ports/media.ts';
import { evenOf } from '../../sequences/picture-changes.ts';
import { type PictureSize, pngSize } from '../png-size.ts';
import type { FrameFlaws } from './answer.ts';
import { type FrameFilter, openFrameFilter } from './frame-filter.ts';
import { readPieces } from './read-pieces.ts';
import { openVideoWriter, type VideoWriter } from './video-writer.ts';

/**
 * Writes the PNG files that come in through the file descriptor as a video. What is wrong with any of them is answered once
 * all were seen, and then nothing is written. Throws `input.no_frames` where none comes.
 */
export async function assemble(
  input: number,
  to: string,
  plan: SequencePlan,
  onProgress: OnProgress,
): Promise<FrameFlaws | undefined> {
  const unreadable: number[] = [];
  const differing: { place: number; width: number; height: number }[] = [];
  let size: PictureSize | undefined;
  let place = 0;
  using decoder = new PngDecoder(plan.maxPixels);
  let video: SequenceVideo | undefined;
  try {
    for await (const png of readPieces(createReadStream('', { fd: input, autoClose: false }))) {
      const found = pngSize(png);
      size ??= found;
      if (found === undefined) unreadable.push(place);
      else if (found.width * found.height > plan.maxPixels)
        throw new CosmosError('input.too_many_pixels', { ...found, maxPixels: plan.maxPixels });
      else if (found.width !== size?.width || found.height !== size.height)
        differing.push({ place, ...found });
      else {
        const frame = await decoder.decode(png);
        if (frame === undefined) unreadable.push(place);
        else if (unreadable.length + differing.length === 0) {
          video ??= await openSequenceVideo(to, { ...found, frameRate: plan.frameRate });
          await video.write(frame);
        }
      }
      place += 1;
      onProgress(place / plan.frames);
    }
    if (place === 0) throw new CosmosError('input.no_frames');
    if (unreadable.length + differing.length > 0) {
      await video?.discard();
      return { unreadable, differing, width: size?.width ?? 0, height: size?.height ?? 0 };
    }
    await video?.finish();
    return undefined;
  } catch (error) {
    await video?.discard();
    throw error;
  }
}

/** A decoder for each picture: a broken one says nothing of the next. */
class PngDecoder implements Disposable {
  readonly #maxPixels: number;
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  constructor(maxPixels: number) {
    this.#maxPixels = maxPixels;
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** Always the same frame, valid until the next call; undefined where the file is damaged. */
  async decode(png: Buffer): Promise<Frame | undefined> {
    const codec = Codec.findDecoder(AV_CODEC_ID_PNG);
    if (codec === null) throw new Error('This build of FFmpeg has no PNG decoder');
    using decoder = new CodecContext();
    decoder.allocContext3(codec);
    // FFmpeg shows what it has of a picture that breaks off, unless it is told to be strict.
    using options = Dictionary.fromObject({ max_pixels: this.#maxPixels, err_detect: 'explode+crccheck' });
    FFmpegError.throwIfError(await decoder.open2(codec, options), 'The PNG decoder could not be opened');
    this.#packet.unref();
    this.#frame.unref();
    this.#packet.data = png;
    if ((await decoder.sendPacket(this.#packet)) < 0) return undefined;
    if ((await decoder.sendPacket(null)) < 0) return undefined;
    const received = await decoder.receiveFrame(this.#frame);
    return received < 0 || this.#frame.decodeErrorFlags !== 0 ? undefined : this.#frame;
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.#frame.free();
  }
}

interface SequenceVideo {
  write(frame: Frame): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** One column or row less where there is an odd number of them: encoders halve the colour planes. */
async function openSequenceVideo(
  to: string,
  { width, height, frameRate }: PictureSize & { readonly frameRate: FrameRate },
): Promise<SequenceVideo> {
  const even = { width: evenOf(width), height: evenOf(height) };
  const writer: VideoWriter = await openVideoWriter(to, { ...even, frameRate });
  const fit = width < even.width || height < even.height ? 'scale' : 'crop';
  let filter: { readonly format: number; readonly graph: FrameFilter } | undefined;
  const close = (): void => filter?.graph[Symbol.dispose]();
  return {
    async write(frame) {
      if (filter?.format !== frame.format) {
        close();
        const shape = { width, height, pixelFormat: frame.format };
        const description = `[in0]${fit}=${even.width}:${even.height}${fit === 'crop' ? ':0:0' : ''},format=yuv420p[out]`;
        filter = { format: frame.format, graph: await openFrameFilter([shape], description) };
      }
      await writer.write(await filter.graph.push([frame]));
    },
    async finish() {
      await writer.finish();
      close();
    },
    async discard() {
      await writer.discard();
      close();
    },
  };
}
