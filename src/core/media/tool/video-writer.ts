import { rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_LIBX264,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  type Frame,
  Packet,
  Rational,
  type Stream,
} from 'node-av/lib';
import type { FrameRate } from '../../ports/media.ts';

export interface VideoSettings {
  /** Even numbers: 4:2:0 halves the colour planes. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** What the pictures take at most, with a second of it at once; absent: as much as they need. */
  readonly maxBitsPerSecond?: number;
  /** Sound to be kept as it is. */
  readonly sound?: Stream;
}

/** Writes an H.264 mp4 that starts to play before it is fully loaded. */
export interface VideoWriter {
  /** A yuv420p frame; it is written as the next one, whatever its own time says. */
  write(frame: Frame): Promise<void>;
  /** A packet of `sound`, in order; it is used up. */
  writeSound(packet: Packet): Promise<void>;
  /** Completes the file and gives it its name. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Constant rate factor of x264: 18 is visually lossless, 23 its default. */
const QUALITY = '19';

/** Until `finish`, the file is called `<path>.part`: who finds `path` finds a whole video. */
export async function openVideoWriter(path: string, settings: VideoSettings): Promise<VideoWriter> {
  const partial = `${resolve(path)}.part`;
  const timeBase = new Rational(settings.frameRate.denominator, settings.frameRate.numerator);
  const encoder = await openEncoder(settings, timeBase);
  const output = new FormatContext();
  output.allocOutputContext2(null, 'mp4', `file:${partial}`);
  const stream = output.newStream(null);
  stream.timeBase = timeBase;
  stream.avgFrameRate = new Rational(timeBase.den, timeBase.num);
  FFmpegError.throwIfError(stream.codecpar.fromContext(encoder));
  const sound = settings.sound && addSound(output, settings.sound);
  FFmpegError.throwIfError(await output.openOutput(), 'The output file could not be opened');
  using header = Dictionary.fromObject({ movflags: '+faststart' });
  FFmpegError.throwIfError(await output.writeHeader(header), 'The output header could not be written');
  const packet = new Packet();
  packet.alloc();
  let written = 0n;

  async function encode(frame: Frame | null): Promise<void> {
    FFmpegError.throwIfError(await encoder.sendFrame(frame), 'A frame could not be encoded');
    for (;;) {
      const received = await encoder.receivePacket(packet);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return;
      FFmpegError.throwIfError(received, 'A frame could not be encoded');
      packet.duration = 1n;
      packet.streamIndex = stream.index;
      packet.rescaleTs(timeBase, stream.timeBase);
      FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'The output could not be written');
    }
  }

  async function close(): Promise<void> {
    packet.free();
    encoder.freeContext();
    await output.closeOutput();
    output.freeContext();
  }

  return {
    async write(frame) {
      frame.pts = written;
      frame.timeBase = timeBase;
      // Key frames are x264's choice; the picture type of a decoded frame would force its own.
      frame.pictType = 0 as typeof frame.pictType;
      written += 1n;
      await encode(frame);
    },
    async writeSound(packet) {
      if (sound === undefined || settings.sound === undefined) throw new Error('The video has no sound');
      packet.streamIndex = sound.index;
      packet.rescaleTs(settings.sound.timeBase, sound.timeBase);
      FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'The output could not be written');
    },
    async finish() {
      await encode(null);
      FFmpegError.throwIfError(await output.writeTrailer(), 'The output could not be completed');
      await close();
      await rename(partial, path);
    },
    async discard() {
      await close();
      await rm(partial, { force: true });
    },
  };
}

function addSound(output: FormatContext, source: Stream): Stream {
  const stream = output.newStream(null);
  FFmpegError.throwIfError(source.codecpar.copy(stream.codecpar));
  // The tag belongs to the container that it comes from.
  stream.codecpar.codecTag = 0;
  stream.timeBase = source.timeBase;
  return stream;
}

async function openEncoder(settings: VideoSettings, timeBase: Rational): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (codec === null) throw new Error('This build of FFmpeg has no libx264');
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = settings.width;
  encoder.height = settings.height;
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = timeBase;
  encoder.framerate = new Rational(timeBase.den, timeBase.num);
  encoder.threadCount = Math.min(4, availableParallelism());
  encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  const rate = settings.maxBitsPerSecond;
  using options = Dictionary.fromObject({
    preset: 'veryfast',
    crf: QUALITY,
    ...(rate !== undefined && { maxrate: Math.floor(rate), bufsize: Math.floor(rate) }),
  });
  FFmpegError.throwIfError(await encoder.open2(codec, options), 'The encoder could not be opened');
  return encoder;
}
