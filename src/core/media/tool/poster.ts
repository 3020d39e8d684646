import { writeSync } from 'node:fs';
import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_NOPTS_VALUE,
  AV_PIX_FMT_YUVJ420P,
  AVERROR_EAGAIN,
  AVSEEK_FLAG_BACKWARD,
  FF_ENCODER_MJPEG,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, type Frame, Packet, Rational } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import { decodeFrames } from './decode-frames.ts';
import { openFrameFilter } from './frame-filter.ts';
import { type OpenMedia, openMedia, quarterTurns } from './open-media.ts';
import { uprightFilter } from './upright-filter.ts';

/** 8K; the limits for uploads were applied before a poster is asked for. */
const MOST_PIXELS = 7680 * 4320;
/** MJPEG's scale from 2 (best) to 31. */
const JPEG_QUALITY = '3';

/**
 * Writes a JPEG of the frame in the middle; of the first one where the middle cannot be reached. The two inputs
 * are the same file, opened twice.
 */
export async function writePoster(
  inputs: readonly [number, number],
  output: number,
  width: number,
): Promise<void> {
  const jpeg = (await pictureOfMiddle(inputs[0], width)) ?? (await pictureOfBeginning(inputs[1], width));
  if (jpeg === undefined) throw new CosmosError('input.no_frames');
  for (let written = 0; written < jpeg.length; ) written += writeSync(output, jpeg, written);
}

async function pictureOfMiddle(input: number, width: number): Promise<Buffer | undefined> {
  await using media = await openMedia(input, MOST_PIXELS);
  const { kind, stream, context } = media;
  if (kind === 'audio') throw new CosmosError('input.no_frames');
  if (kind === 'image' || stream.duration === AV_NOPTS_VALUE || stream.duration <= 0n) return undefined;
  const start = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
  const middle = start + stream.duration / 2n;
  // Without the flag FFmpeg looks for a key frame behind the middle, and reads nothing where there is none.
  if ((await context.seekFrame(stream.index, middle, AVSEEK_FLAG_BACKWARD)) < 0) return undefined;
  return await pictureFrom(media, width, middle);
}

async function pictureOfBeginning(input: number, width: number): Promise<Buffer | undefined> {
  await using media = await openMedia(input, MOST_PIXELS);
  return await pictureFrom(media, width, undefined);
}

/** The first frame that is shown at `time` or later. */
async function pictureFrom(
  media: OpenMedia,
  width: number,
  time: bigint | undefined,
): Promise<Buffer | undefined> {
  for await (const frame of decodeFrames(media)) {
    if (time !== undefined && frame.bestEffortTimestamp < time) continue;
    return await encodeJpeg(media, frame, width);
  }
  return undefined;
}

async function encodeJpeg(media: OpenMedia, frame: Frame, width: number): Promise<Buffer> {
  const turns = quarterTurns(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX)) || media.quarterTurns;
  const shape = { width: frame.width, height: frame.height, pixelFormat: frame.format };
  const fit = `scale=w='min(iw,${Math.max(16, Math.round(width))})':h=-2:out_range=pc`;
  using filter = await openFrameFilter([shape], `[in0]${uprightFilter(turns)},${fit},format=yuvj420p[out]`);
  return await encodePicture(await filter.push([frame]));
}

/** One picture as a JPEG. */
export async function encodePicture(picture: Frame): Promise<Buffer> {
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  if (codec === null) throw new Error('This build of FFmpeg has no mjpeg encoder');
  using encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = picture.width;
  encoder.height = picture.height;
  encoder.pixelFormat = AV_PIX_FMT_YUVJ420P;
  encoder.timeBase = new Rational(1, 25);
  using options = Dictionary.fromObject({ qmin: JPEG_QUALITY, qmax: JPEG_QUALITY });
  FFmpegError.throwIfError(await encoder.open2(codec, options), 'The JPEG encoder could not be opened');
  FFmpegError.throwIfError(await encoder.sendFrame(picture), 'The picture could not be encoded');
  FFmpegError.throwIfError(await encoder.sendFrame(null), 'The picture could not be encoded');
  using packet = new Packet();
  packet.alloc();
  const received = await encoder.receivePacket(packet);
  if (received === AVERROR_EAGAIN || packet.data === null)
    throw new Error('The JPEG encoder kept the picture');
  FFmpegError.throwIfError(received, 'The picture could not be encoded');
  return Buffer.from(packet.data);
}
