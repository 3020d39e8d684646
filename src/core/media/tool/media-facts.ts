import { AV_FRAME_DATA_DISPLAYMATRIX } from 'node-av/constants';
import { CosmosError } from '../../errors.ts';
import type { ImageFacts, MediaFacts, MediaLimits } from '../../ports/media.ts';
import { decodeFrames } from './decode-frames.ts';
import { measurePackets, type PacketMeasure, PacketMeter } from './measure-packets.ts';
import { type OpenMedia, openMedia, quarterTurns } from './open-media.ts';

/** A header may claim a little more than there is (sound that ends later, rounding), never this many times more. */
const HEADER_EXCESS = 4;
const HEADER_EXCESS_MS = 2_000;
/** A video whose frames stay longer than this on average has damaged times. */
const LONGEST_FRAME_MS = 10_000;
/** Two rates are the same when they differ by less: the times of some containers are rounded to milliseconds. */
const SAME_RATE = 0.02;
/** Rate of a single frame without any time. */
const FALLBACK_FPS = 25;

/**
 * Facts from the packets, without decoding. Pictures and sound are decoded all the same: it costs little, and
 * FFmpeg takes many a rubbish file for sound.
 */
export async function probeMedia(fd: number, limits: MediaLimits): Promise<MediaFacts> {
  await using media = await openMedia(fd, limits.maxPixels);
  if (media.kind !== 'video') return await decodedFacts(media, limits);
  const measured = await measurePackets(media);
  return factsOf(media, measured, measured.packets, limits);
}

/** Facts with every frame decoded, in one pass: not every container can be rewound. */
export async function verifyMedia(fd: number, limits: MediaLimits): Promise<MediaFacts> {
  await using media = await openMedia(fd, limits.maxPixels);
  return await decodedFacts(media, limits);
}

async function decodedFacts(media: OpenMedia, limits: MediaLimits): Promise<MediaFacts> {
  if (media.kind === 'image') return await decodeImage(media);
  const meter = new PacketMeter(media);
  let frames = 0;
  for await (const frame of decodeFrames(media, (packet) => meter.add(packet))) {
    if (media.kind === 'video' && frame.width * frame.height > limits.maxPixels) {
      throw tooManyPixels(frame, limits.maxPixels);
    }
    frames += 1;
    // Far too long: the facts so far are enough to say so.
    if (frames % 256 === 0 && meter.result().durationMs > limits.maxDurationMs * 2) break;
  }
  return factsOf(media, meter.result(), frames, limits);
}

function factsOf(media: OpenMedia, measured: PacketMeasure, frames: number, limits: MediaLimits): MediaFacts {
  if (frames === 0) throw new CosmosError('input.no_frames');
  const fps = averageFrameRate(media, measured);
  const durationMs = Math.round(media.kind === 'video' ? (frames * 1000) / fps : measured.durationMs);
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
  const claims = [ratio(rFrameRate), ratio(avgFrameRate)].filter((claim) => claim > 0);
  if (measured.durationMs <= 0) return round(claims.at(-1) ?? FALLBACK_FPS);
  const fps = (measured.packets * 1000) / measured.durationMs;
  return round(claims.find((claim) => Math.abs(fps - claim) < fps * SAME_RATE) ?? fps);
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
