import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_AC3,
  AV_CODEC_ID_MP3,
  AV_FRAME_DATA_DISPLAYMATRIX,
  AVMEDIA_TYPE_AUDIO,
} from 'node-av/constants';
import { type Frame, Packet, type Stream } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import { frameRateOf } from '../frame-rate.ts';
import type { ProxyPlan } from '../proxy-plan.ts';
import { decodeFrames } from './decode-frames.ts';
import { type FrameFilter, openFrameFilter } from './frame-filter.ts';
import { type OpenMedia, openMedia, quarterTurns } from './open-media.ts';
import { uprightFilter } from './upright-filter.ts';
import { openVideoWriter, type VideoWriter } from './video-writer.ts';

/** The video was looked at before; this only keeps nonsense out. */
export const MOST_PIXELS = 16_384 * 16_384;
/** Sound that an mp4 holds as it is, and every player plays. */
const KEPT_SOUND: readonly number[] = [AV_CODEC_ID_AAC, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3];

/** Writes the video of the file descriptor again, as planned. */
export async function writeProxy(input: number, to: string, plan: ProxyPlan): Promise<void> {
  await using media = await openMedia(input, MOST_PIXELS);
  if (media.kind !== 'video') throw new CosmosError('input.no_frames');
  const { width, height, fps, maxBitsPerSecond } = plan;
  const sound = plan.keepsSound ? soundOf(media) : undefined;
  const writer = await openVideoWriter(to, {
    ...{ width, height, maxBitsPerSecond, frameRate: frameRateOf(fps) },
    ...(sound !== undefined && { sound }),
  });
  try {
    await copy(media, writer, plan, sound?.index);
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function copy(
  media: OpenMedia,
  writer: VideoWriter,
  plan: ProxyPlan,
  sound: number | undefined,
): Promise<void> {
  const waiting: Packet[] = [];
  const keep = (packet: Packet): void => {
    if (packet.streamIndex !== sound) return;
    const kept = new Packet();
    kept.alloc();
    kept.ref(packet);
    waiting.push(kept);
  };
  const flush = async (): Promise<void> => {
    for (const packet of waiting.splice(0)) {
      await writer.writeSound(packet);
      packet.free();
    }
  };
  let filter: FrameFilter | undefined;
  try {
    for await (const frame of decodeFrames(media, keep)) {
      filter ??= await openScaler(media, frame, plan);
      await flush();
      await writer.write(await filter.push([frame]));
    }
    if (filter === undefined) throw new CosmosError('input.no_frames');
    await flush();
  } finally {
    filter?.[Symbol.dispose]();
    for (const packet of waiting) packet.free();
  }
}

/** Makes frames of a video upright and as large as asked for. */
export async function openScaler(
  media: OpenMedia,
  frame: Frame,
  { width, height }: Pick<ProxyPlan, 'width' | 'height'>,
): Promise<FrameFilter> {
  const turns = quarterTurns(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX)) || media.quarterTurns;
  const shape = { width: frame.width, height: frame.height, pixelFormat: frame.format };
  const fit = `scale=w=${width}:h=${height}:flags=lanczos`;
  return await openFrameFilter([shape], `[in0]${uprightFilter(turns)},${fit},format=yuv420p[out]`);
}

function soundOf({ context }: OpenMedia): Stream | undefined {
  return context.streams.find(
    ({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO && KEPT_SOUND.includes(codecpar.codecId),
  );
}
