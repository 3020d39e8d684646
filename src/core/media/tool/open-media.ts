import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_ERROR,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import { avGetCodecName, Codec, Dictionary, FormatContext, Log, type Stream } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import type { MediaKind } from '../../ports/media.ts';
import { declaredDurationMs, isCutShort, isIsoMedia, readAt } from './declared-length.ts';

/**
 * The only containers that are opened: none of them (with the options below) refers to another file or address.
 * Playlists (`hls`, `dash`, `concat`), image sequences and devices are missing on purpose.
 */
const CONTAINERS = [
  ...['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'mxf', 'flv', 'asf', 'ogg'],
  ...['wav', 'mp3', 'flac', 'aac', 'aiff'],
  ...['gif', 'apng', 'png_pipe', 'jpeg_pipe', 'webp_pipe', 'bmp_pipe', 'tiff_pipe'],
];
const STILL_CONTAINERS = new Set(['png_pipe', 'jpeg_pipe', 'webp_pipe', 'bmp_pipe', 'tiff_pipe']);
const STILL_BRANDS = new Set(['avif', 'heic', 'mif1', 'heix']);

/** FFmpeg's own line between a guess and a finding (AVPROBE_SCORE_RETRY); still pictures are decoded anyway. */
const CERTAIN_SCORE = 26;

export interface OpenMedia extends AsyncDisposable {
  readonly context: FormatContext;
  readonly stream: Stream;
  readonly kind: MediaKind;
  readonly codec: string;
  readonly hasAudio: boolean;
  /** Quarter turns clockwise that a player applies. */
  readonly quarterTurns: number;
  readonly maxPixels: number;
  /** What the header claims, ms; 0 where it says nothing. */
  readonly claimedMs: number;
  /** True when a picture was refused for its size; every later error is only its echo. */
  sizeRefused(): boolean;
}

/**
 * Opens what the file descriptor holds, by content alone: FFmpeg learns no name and may open nothing else.
 * Throws `input.truncated`, `input.not_media`, `input.no_frames`, `input.too_many_pixels`.
 */
export async function openMedia(fd: number, maxPixels: number): Promise<OpenMedia> {
  if (isCutShort(fd)) throw new CosmosError('input.truncated', { reason: 'length' });
  const sizes = watchForRefusedSizes();
  const context = new FormatContext();
  try {
    await openContainer(context, fd);
    // Before FFmpeg decodes the first frames to learn more. A still picture has nothing more to tell.
    checkSize(context, maxPixels);
    if (!isStill(context) && (await context.findStreamInfo()) < 0) throw new CosmosError('input.not_media');
    checkSize(context, maxPixels);
    const stream = chooseStream(context);
    if (Codec.findDecoder(stream.codecpar.codecId) === null) throw new CosmosError('input.not_media');
    return {
      context,
      stream,
      kind: kindOf(context, stream),
      codec: avGetCodecName(stream.codecpar.codecId) ?? 'unknown',
      hasAudio: context.streams.some((other) => other.codecpar.codecType === AVMEDIA_TYPE_AUDIO),
      quarterTurns: quarterTurns(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)),
      maxPixels,
      claimedMs: Math.max(declaredDurationMs(fd) ?? 0, libraryDurationMs(context)),
      sizeRefused: sizes.refused,
      async [Symbol.asyncDispose]() {
        await context.closeInput();
      },
    };
  } catch (error) {
    await context.closeInput();
    throw error;
  }
}

async function openContainer(context: FormatContext, fd: number): Promise<void> {
  using options = Dictionary.fromObject({
    fd,
    protocol_whitelist: 'fd',
    format_whitelist: CONTAINERS.join(','),
    max_streams: 64,
    probesize: 5_000_000,
  });
  const opened = await context.openInput('fd:', null, options);
  if (opened < 0) {
    const broken = opened === AVERROR_INVALIDDATA && isIsoMedia(readAt(fd, 0, 16));
    throw new CosmosError(broken ? 'input.truncated' : 'input.not_media', broken ? { reason: 'index' } : {});
  }
  if (!isStill(context) && context.probeScore < CERTAIN_SCORE) throw new CosmosError('input.not_media');
}

function chooseStream(context: FormatContext): Stream {
  const playable = context.streams.filter((stream) => !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC));
  const ofType = (type: number) => playable.filter((stream) => stream.codecpar.codecType === type);
  const best = context.findBestStream(AVMEDIA_TYPE_VIDEO);
  const videos = ofType(AVMEDIA_TYPE_VIDEO);
  const stream = videos.find((video) => video.index === best) ?? videos[0] ?? ofType(AVMEDIA_TYPE_AUDIO)[0];
  if (stream !== undefined) return stream;
  throw new CosmosError(context.nbStreams === 0 ? 'input.no_frames' : 'input.not_media');
}

function kindOf(context: FormatContext, stream: Stream): MediaKind {
  if (stream.codecpar.codecType !== AVMEDIA_TYPE_VIDEO) return 'audio';
  return isStill(context) ? 'image' : 'video';
}

function isStill(context: FormatContext): boolean {
  const brand = context.metadata?.get('major_brand') ?? '';
  return STILL_CONTAINERS.has(context.iformat?.name ?? '') || STILL_BRANDS.has(brand);
}

function libraryDurationMs(context: FormatContext): number {
  return context.duration === AV_NOPTS_VALUE ? 0 : Number(context.duration) / 1000;
}

function checkSize(context: FormatContext, maxPixels: number): void {
  for (const { codecpar } of context.streams) {
    const { width, height } = codecpar;
    if (width * height > maxPixels)
      throw new CosmosError('input.too_many_pixels', { width, height, maxPixels });
  }
}

/** Quarter turns clockwise of a display matrix (nine 32-bit numbers); slanted ones count as the nearest. */
export function quarterTurns(matrix: Buffer | null): number {
  if (matrix === null || matrix.length < 36) return 0;
  const turned = Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) / (Math.PI / 2);
  return (Math.round(turned) + 4) % 4;
}

/**
 * FFmpeg refuses a picture above `max_pixels` before it reserves memory, and says so in its log only; the error
 * code is the one of any broken file.
 */
function watchForRefusedSizes(): { refused(): boolean } {
  let refused = false;
  Log.setCallback(
    (_, message) => {
      if (
        message.includes('exceeds specified max pixel count') ||
        /Picture size \d+x\d+ is invalid/.test(message)
      )
        refused = true;
    },
    { maxLevel: AV_LOG_ERROR },
  );
  return { refused: () => refused };
}
