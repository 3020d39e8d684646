import { AV_BUFFERSRC_FLAG_KEEP_REF, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import { FFmpegError, type FilterContext, FilterGraph, Frame } from 'node-av/lib';

/** What a graph must know of a stream of frames before it sees the first one. */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  /** `AVPixelFormat`. */
  readonly pixelFormat: number;
}

/**
 * A filter graph that is fed frame by frame: each `push` takes one frame for every input and gives the one frame
 * that comes of them, so that no more than a handful of frames is ever held.
 */
export interface FrameFilter extends Disposable {
  /** Of the frames that come out, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The returned frame is the filter's own and valid until the next call. */
  push(frames: readonly Frame[]): Promise<Frame>;
}

/**
 * Builds a graph from FFmpeg's filter language. The inputs are called `[in0]`, `[in1]`, …, the output `[out]`.
 * Texts and paths inside `description` must have passed `filterValue`.
 */
export async function openFrameFilter(
  inputs: readonly FrameShape[],
  description: string,
): Promise<FrameFilter> {
  const graph = new FilterGraph();
  graph.alloc();
  const sources = inputs.map(
    (shape, index) =>
      `buffer@in${index}=width=${shape.width}:height=${shape.height}:pix_fmt=${shape.pixelFormat}` +
      `:time_base=1/1000:sar=1[in${index}]`,
  );
  try {
    const parsed = graph.parsePtr([...sources, description, '[out]buffersink@out'].join(';'));
    FFmpegError.throwIfError(parsed, 'The filter graph could not be built');
    FFmpegError.throwIfError(await graph.config(), 'The filter graph could not be configured');
  } catch (error) {
    graph.free();
    throw error;
  }
  const feeds = inputs.map((_, index) => findFilter(graph, `buffer@in${index}`));
  const sink = findFilter(graph, 'buffersink@out');
  const result = new Frame();
  result.alloc();
  let pushed = 0n;

  return {
    width: sink.buffersinkGetWidth(),
    height: sink.buffersinkGetHeight(),
    async push(frames) {
      for (const [index, feed] of feeds.entries()) {
        const frame = frames[index];
        if (frame === undefined) throw new Error(`The filter graph has ${feeds.length} inputs`);
        frame.pts = pushed;
        // Keeps our reference, so that callers may reuse their frame.
        FFmpegError.throwIfError(
          await feed.buffersrcAddFrame(frame, AV_BUFFERSRC_FLAG_KEEP_REF),
          'A frame was refused',
        );
      }
      pushed += 1n;
      result.unref();
      const got = await sink.buffersinkGetFrame(result);
      if (got === AVERROR_EAGAIN || got === AVERROR_EOF)
        throw new Error('The filter graph kept a frame back');
      FFmpegError.throwIfError(got, 'A filter failed');
      return result;
    },
    [Symbol.dispose]() {
      result.free();
      graph.free();
    },
  };
}

function findFilter(graph: FilterGraph, name: string): FilterContext {
  const filter = graph.getFilter(name);
  if (filter === null) throw new Error(`The filter graph has no ${name}`);
  return filter;
}
