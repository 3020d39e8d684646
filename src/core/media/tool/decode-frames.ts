import { availableParallelism } from 'node:os';
import {
  AV_PKT_FLAG_CORRUPT,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_DECODE_ERROR_CONCEALMENT_ACTIVE,
  FF_DECODE_ERROR_DECODE_SLICES,
  FF_DECODE_ERROR_INVALID_BITSTREAM,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, Packet } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import type { OpenMedia } from './open-media.ts';

/** A frame with a reference missing is left out: it is what every video has that was cut at an open GOP. */
const DAMAGE =
  FF_DECODE_ERROR_CONCEALMENT_ACTIVE | FF_DECODE_ERROR_DECODE_SLICES | FF_DECODE_ERROR_INVALID_BITSTREAM;

/**
 * Decodes the chosen stream to its end. Always the same frame object, valid until the next step; `seen` gets
 * every packet of the file before it is decoded. Throws
 * `input.truncated` at the first corrupt packet: whoever decodes here wants all of the file or none of it.
 */
export async function* decodeFrames(
  media: OpenMedia,
  seen: (packet: Packet) => void = () => undefined,
): AsyncGenerator<Frame> {
  using decoder = await openDecoder(media);
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  for (;;) {
    packet.unref();
    const read = await media.context.readFrame(packet);
    const ended = read === AVERROR_EOF;
    if (read < 0 && !ended) throw damaged(read);
    if (!ended) seen(packet);
    if (!ended && packet.streamIndex !== media.stream.index) continue;
    if (!ended && packet.hasFlags(AV_PKT_FLAG_CORRUPT)) throw damaged(0);
    const sent = await decoder.sendPacket(ended ? null : packet);
    if (sent < 0) throw damaged(sent);
    for (;;) {
      const received = await decoder.receiveFrame(frame);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) break;
      if (received < 0 || (frame.decodeErrorFlags & DAMAGE) !== 0) throw damaged(received);
      yield frame;
    }
    if (ended) return;
  }
}

async function openDecoder(media: OpenMedia): Promise<CodecContext> {
  const { codecpar, timeBase } = media.stream;
  const codec = Codec.findDecoder(codecpar.codecId);
  if (codec === null) throw new CosmosError('input.not_media');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  FFmpegError.throwIfError(decoder.parametersToContext(codecpar));
  decoder.pktTimebase = timeBase;
  decoder.threadCount = Math.min(4, availableParallelism());
  // A still picture has no later frame to show that it broke off: its decoder has to be strict.
  const strictness = media.kind === 'image' ? { err_detect: 'explode' } : {};
  using options = Dictionary.fromObject({ max_pixels: media.maxPixels, ...strictness });
  if ((await decoder.open2(codec, options)) < 0) throw new CosmosError('input.not_media');
  return decoder;
}

function damaged(code: number): CosmosError {
  return new CosmosError('input.truncated', { reason: 'packet' }, { cause: FFmpegError.fromCode(code) });
}
