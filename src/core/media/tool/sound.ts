import { open, rename } from 'node:fs/promises';
import { AV_BUFFERSRC_FLAG_KEEP_REF, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import { avChannelLayoutDescribe, avGetSampleFmtName, FFmpegError, FilterGraph, Frame } from 'node-av/lib';
import { CosmosError } from '../../errors.ts';
import type { SoundPlan } from '../../ports/media.ts';
import { decodeFrames } from './decode-frames.ts';
import { openMedia } from './open-media.ts';
import { MOST_PIXELS } from './proxy.ts';
import { SAMPLE_BYTES, wavHeader } from './wav-header.ts';

/** Writes the sound of the file descriptor as a WAV file, as planned. */
export async function writeSound(input: number, to: string, plan: SoundPlan): Promise<void> {
  await using media = await openMedia(input, MOST_PIXELS);
  if (media.kind !== 'audio') throw new CosmosError('input.not_media');
  const { sampleRate, channels, maxSeconds = Infinity } = plan;
  const most = Math.floor(maxSeconds * sampleRate) * channels * SAMPLE_BYTES;
  const partial = `${to}.part`;
  await using file = await open(partial, 'w');
  await file.write(wavHeader(plan, 0));
  let bytes = 0;
  let converter: SoundConverter | undefined;
  const append = async (samples: Buffer): Promise<void> => {
    const kept = samples.subarray(0, Math.max(0, most - bytes));
    await file.write(kept);
    bytes += kept.length;
  };
  try {
    for await (const frame of decodeFrames(media)) {
      converter ??= await openConverter(frame, plan);
      for await (const samples of converter.convert(frame)) await append(samples);
      if (bytes >= most) break;
    }
    if (converter !== undefined && bytes < most)
      for await (const samples of converter.convert(null)) await append(samples);
  } finally {
    converter?.[Symbol.dispose]();
  }
  if (bytes === 0) throw new CosmosError('input.no_frames');
  await file.write(wavHeader(plan, bytes), 0, undefined, 0);
  await rename(partial, to);
}

interface SoundConverter extends Disposable {
  /** Interleaved samples; `null` gives those that were kept back. */
  convert(frame: Frame | null): AsyncGenerator<Buffer>;
}

/** By the shape of the first frame; later ones of another shape are refused by the library. */
async function openConverter(first: Frame, { sampleRate, channels }: SoundPlan): Promise<SoundConverter> {
  const graph = new FilterGraph();
  graph.alloc();
  const source = [
    `sample_rate=${first.sampleRate}`,
    `sample_fmt=${avGetSampleFmtName(first.format as Parameters<typeof avGetSampleFmtName>[0])}`,
    `channel_layout=${avChannelLayoutDescribe(first.channelLayout)}`,
    `time_base=1/${first.sampleRate}`,
  ].join(':');
  const wanted = `sample_fmts=s16:sample_rates=${sampleRate}:channel_layouts=${channels === 1 ? 'mono' : 'stereo'}`;
  const parsed = graph.parsePtr(`abuffer@in=${source}[in];[in]aformat=${wanted}[out];[out]abuffersink@out`);
  FFmpegError.throwIfError(parsed, 'The sound filter could not be built');
  FFmpegError.throwIfError(await graph.config(), 'The sound filter could not be configured');
  const feed = graph.getFilter('abuffer@in');
  const sink = graph.getFilter('abuffersink@out');
  if (feed === null || sink === null) throw new Error('The sound filter has no ends');
  const result = new Frame();
  result.alloc();
  return {
    async *convert(frame) {
      FFmpegError.throwIfError(
        await feed.buffersrcAddFrame(frame, AV_BUFFERSRC_FLAG_KEEP_REF),
        'Sound was refused',
      );
      for (;;) {
        result.unref();
        const got = await sink.buffersinkGetFrame(result);
        if (got === AVERROR_EAGAIN || got === AVERROR_EOF) return;
        FFmpegError.throwIfError(got, 'The sound filter failed');
        const plane = result.data?.[0];
        if (plane !== undefined) yield plane.subarray(0, result.nbSamples * channels * SAMPLE_BYTES);
      }
    },
    [Symbol.dispose]() {
      result.free();
      graph.free();
    },
  };
}
