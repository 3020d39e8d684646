import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLTP,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_AAC,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet, Rational } from 'node-av/lib';

const SAMPLE_RATE = 48_000;
const FRAME_SAMPLES = 1_024;

/** The video of `from` with silence of so many seconds beside it, as AAC. */
export async function makeClipWithSound(from: string, to: string, seconds: number): Promise<string> {
  const check = FFmpegError.throwIfError;
  const input = new FormatContext();
  check(await input.openInput(`file:${from}`));
  check(await input.findStreamInfo());
  const source = input.streams[0];
  const codec = Codec.findEncoderByName(FF_ENCODER_AAC);
  if (source === undefined || codec === null) throw new Error('no video, or no encoder');
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.sampleRate = SAMPLE_RATE;
  encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
  encoder.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  encoder.timeBase = new Rational(1, SAMPLE_RATE);
  encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(await encoder.open2(codec));
  const output = new FormatContext();
  output.allocOutputContext2(null, 'mp4', `file:${to}`);
  const video = output.newStream(null);
  check(source.codecpar.copy(video.codecpar));
  video.timeBase = source.timeBase;
  const sound = output.newStream(null);
  check(sound.codecpar.fromContext(encoder));
  sound.timeBase = encoder.timeBase;
  check(await output.openOutput());
  check(await output.writeHeader());
  const packet = new Packet();
  packet.alloc();
  while ((await input.readFrame(packet)) >= 0) {
    packet.streamIndex = video.index;
    packet.rescaleTs(source.timeBase, video.timeBase);
    check(await output.interleavedWriteFrame(packet));
  }
  const frame = new Frame();
  for (let sample = 0; sample <= seconds * SAMPLE_RATE; sample += FRAME_SAMPLES) {
    const isLast = sample + FRAME_SAMPLES > seconds * SAMPLE_RATE;
    if (!isLast) {
      frame.alloc();
      frame.nbSamples = FRAME_SAMPLES;
      frame.format = AV_SAMPLE_FMT_FLTP;
      frame.sampleRate = SAMPLE_RATE;
      frame.channelLayout = AV_CHANNEL_LAYOUT_MONO;
      check(frame.getBuffer());
      for (const plane of frame.data ?? []) plane.fill(0);
      frame.pts = BigInt(sample);
    }
    check(await encoder.sendFrame(isLast ? null : frame));
    for (;;) {
      const received = await encoder.receivePacket(packet);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) break;
      check(received);
      packet.streamIndex = sound.index;
      packet.rescaleTs(encoder.timeBase, sound.timeBase);
      check(await output.interleavedWriteFrame(packet));
    }
    frame.free();
  }
  check(await output.writeTrailer());
  packet.free();
  encoder.freeContext();
  await output.closeOutput();
  output.freeContext();
  await input.closeInput();
  return to;
}
