import { AV_FRAME_DATA_DISPLAYMATRIX, AV_NOPTS_VALUE, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import { CosmosError } from '../../errors.ts';
import type { ImageFacts, MediaFacts, MediaLimits } from '../../ports/media.ts';
import { decodeFrames } from './decode-frames.ts';
import { measurePackets, type PacketMeasure } from './measure-packets.ts';
import { type OpenMedia, openMedia, quarterTurns } from './open-media.ts';

/** A header may claim a little more than there is (sound that ends later, rounding), never this many times more. */
const HEADER_EXCESS = 4;
const HEADER_EXCESS_MS = 2_000;
/** A video whose frames stay longer than this on average has damaged times. */
const LONGEST_FRAME_MS = 10_000;
/** Rate of a single frame without any time. */
const FALLBACK_FPS = 25;

/** Facts without decoding; a still picture is decoded all the same, its header proves nothing. */
export async function probeMedia(fd: number, limits: MediaLimits): Promise<MediaFacts> {
  await using media = await openMedia(fd, limits.maxPixels);
  if (media.kind === 'image') return await decodeImage(media);
  const measured = await measurePackets(media);
  return factsOf(media, measured, measured.packets, limits);
}

/** Facts with every frame decoded. */
export async function verifyMedia(fd: number, limits: MediaLimits): Promise<MediaFacts> {
  await using media = await openMedia(fd, limits.maxPixels);
  if (media.kind === 'image') return await decodeImage(media);
  const measured = await measurePackets(media);
  const facts = factsOf(media, measured, measured.packets, limits);
  await rewind(media);
  let frames = 0;
  for await (const frame of decodeFrames(media)) {
    if (facts.kind === 'video' && frame.width * frame.height > limits.maxPixels)
      throw tooManyPixels(frame, limits.maxPixels);
    frames += 1;
  }
  if (frames === 0) throw new CosmosError('input.no_frames');
  return facts.kind === 'video' ? { ...facts, frames } : facts;
}

/** Back to the first packet, after all were read. */
export async function rewind(media: OpenMedia): Promise<void> {
  const { startTime } = media.context;
  const start = startTime === AV_NOPTS_VALUE ? 0n : startTime;
  if ((await media.context.seekFrame(-1, start, AVSEEK_FLAG_BACKWARD)) >= 0) return;
  if ((await media.context.seekFrame(media.stream.index, 0n, AVSEEK_FLAG_BACKWARD)) >= 0) return;
  throw new CosmosError('media.worker_failed', { reason: 'seek' });
}

function factsOf(media: OpenMedia, measured: PacketMeasure, frames: number, limits: MediaLimits): MediaFacts {
  if (frames === 0) throw new CosmosError('input.no_frames');
  const fps = averageFrameRate(media, measured);
  const durationMs = Math.round(
    measured.durationMs > 0 || media.kind === 'audio' ? measured.durationMs : (frames * 1000) / fps,
  );
  checkDuration(media, measured, durationMs, frames, limits);
  if (media.kind === 'audio') return { kind: 'audio', durationMs, codec: media.codec };
  const { width, height } = displayedSize(
    media.stream.codecpar.width,
    media.stream.codecpar.height,
    media.quarterTurns,
  );
  if (width === 0 || height === 0) throw new CosmosError('input.truncated', { reason: 'size' });
  return {
    kind: 'video',
    width,
    height,
    fps,
    frames,
    durationMs,
    codec: media.codec,
    hasAudio: media.hasAudio,
  };
}

function checkDuration(
  media: OpenMedia,
  measured: PacketMeasure,
  durationMs: number,
  frames: number,
  limits: MediaLimits,
): void {
  const { claimedMs } = media;
  const absurd = claimedMs > Math.max(measured.wholeMs, durationMs) * HEADER_EXCESS + HEADER_EXCESS_MS;
  const slow = media.kind === 'video' && durationMs / frames > LONGEST_FRAME_MS;
  if (absurd || slow) {
    throw new CosmosError('input.absurd_duration', {
      durationMs: Math.round(absurd ? claimedMs : durationMs),
      frames,
    });
  }
  if (durationMs > limits.maxDurationMs) {
    throw new CosmosError('input.too_long', { durationMs, maxDurationMs: limits.maxDurationMs });
  }
}

/** Frames per second, measured; the header's exact number where it is the same but for rounding. */
export function averageFrameRate(media: OpenMedia, measured: PacketMeasure): number {
  const { avgFrameRate, rFrameRate } = media.stream;
  const [average, base] = [ratio(avgFrameRate), ratio(rFrameRate)];
  if (measured.durationMs <= 0) return round(average || base || FALLBACK_FPS);
  const fps = (measured.packets * 1000) / measured.durationMs;
  return round(Math.abs(fps - average) < fps * 0.02 ? average : fps);
}

function ratio(value: { readonly num: number; readonly den: number }): number {
  return value.den === 0 ? 0 : value.num / value.den;
}

function round(fps: number): number {
  return Math.round(fps * 1000) / 1000;
}

async function decodeImage(media: OpenMedia): Promise<ImageFacts> {
  try {
    for await (const frame of decodeFrames(media)) {
      if (frame.width * frame.height > media.maxPixels) throw tooManyPixels(frame, media.maxPixels);
      const turns = quarterTurns(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX)) || media.quarterTurns;
      return { kind: 'image', ...displayedSize(frame.width, frame.height, turns), codec: media.codec };
    }
  } catch (error) {
    if (media.sizeRefused()) throw new CosmosError('input.too_many_pixels', { maxPixels: media.maxPixels });
    throw error;
  }
  throw new CosmosError('input.no_frames');
}

/** Width and height after `turns` quarter turns. */
export function displayedSize(
  width: number,
  height: number,
  turns: number,
): { width: number; height: number } {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width };
}

function tooManyPixels(
  size: { readonly width: number; readonly height: number },
  maxPixels: number,
): CosmosError {
  return new CosmosError('input.too_many_pixels', { width: size.width, height: size.height, maxPixels });
}
