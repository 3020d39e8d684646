import { readFile, writeFile } from 'node:fs/promises';
import { CosmosError } from '../../src/core/errors.ts';
import { fpsOf } from '../../src/core/media/frame-rate.ts';
import type {
  MediaFacts,
  MediaLimits,
  MediaWorker,
  OnProgress,
  ReducePlan,
  SequenceFrame,
  SequencePlan,
  SheetCell,
  SoundPlan,
  VideoFacts,
} from '../../src/core/ports/media.ts';

const VIDEO: VideoFacts = {
  kind: 'video',
  width: 640,
  height: 352,
  fps: 24,
  frames: 120,
  durationMs: 5000,
  codec: 'h264',
  hasAudio: false,
};

/** A file that `FactMedia` takes for a video; `mark` makes its content another one. */
export function factVideo(facts: Partial<VideoFacts> = {}, mark = ''): string {
  return JSON.stringify({ ...VIDEO, ...facts, mark });
}

export function factAudio(mark = ''): string {
  return JSON.stringify({ kind: 'audio', durationMs: 3000, codec: 'aac', mark });
}

export function factImage(mark = ''): string {
  return JSON.stringify({ kind: 'image', width: 64, height: 64, codec: 'png', mark });
}

/** Files are JSON of their own facts; everything else is no media file. */
export class FactMedia implements MediaWorker {
  /** Files that were looked into. */
  readonly probed: string[] = [];
  /** Proxies that were asked for. */
  readonly proxied: { readonly path: string; readonly maxBytes: number }[] = [];
  /** Contact sheets that were asked for. */
  readonly sheets: { readonly cells: readonly SheetCell[]; readonly columns: number }[] = [];
  /** The next contact sheets fail. */
  isSheetBroken = false;
  /** Videos can be made smaller. */
  isProxyPossible = false;
  /** The next posters fail. */
  isPosterBroken = false;
  /** What every look waits for. */
  hold: Promise<void> = Promise.resolve();

  async probe(path: string, _limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts> {
    this.probed.push(path);
    await this.hold;
    signal?.throwIfAborted();
    const text = await readFile(path, 'utf8');
    try {
      const { mark: _mark, ...facts } = JSON.parse(text);
      return facts;
    } catch (cause) {
      throw new CosmosError('input.not_media', {}, { cause });
    }
  }

  async verify(path: string, limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts> {
    return await this.probe(path, limits, signal);
  }

  async poster(_path: string, to: string): Promise<void> {
    if (this.isPosterBroken) throw new CosmosError('media.worker_failed', { detail: 'no frame' });
    await writeFile(to, 'poster');
  }

  async contactSheet(cells: readonly SheetCell[], columns: number, to: string): Promise<void> {
    this.sheets.push({ cells, columns });
    await this.hold;
    if (this.isSheetBroken) throw new CosmosError('media.worker_failed', { detail: 'no sheet' });
    await writeFile(to, 'sheet');
  }

  async proxy(path: string, to: string, maxBytes: number, signal?: AbortSignal): Promise<boolean> {
    this.proxied.push({ path, maxBytes });
    await this.hold;
    signal?.throwIfAborted();
    if (!this.isProxyPossible) return false;
    await writeFile(to, 'p'.repeat(Math.floor(maxBytes * 0.9)));
    return true;
  }

  async reduce(
    path: string,
    to: string,
    { sourceFps: _, ...plan }: ReducePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void> {
    onProgress?.(0.5);
    await this.hold;
    signal?.throwIfAborted();
    const facts = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(to, JSON.stringify({ ...facts, ...plan, mark: `${facts.mark}, smaller` }));
  }

  async convertSound(path: string, to: string, { maxSeconds = Infinity }: SoundPlan): Promise<void> {
    const facts = JSON.parse(await readFile(path, 'utf8'));
    const durationMs = Math.min(facts.durationMs, maxSeconds * 1000);
    await writeFile(to, JSON.stringify({ ...facts, durationMs, codec: 'pcm_s16le' }));
  }

  /** Takes every picture for a good one; the names of all are in the video's mark. */
  async assemble(
    frames: AsyncIterable<SequenceFrame>,
    to: string,
    plan: SequencePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void> {
    const names: string[] = [];
    for await (const { name } of frames) names.push(name);
    onProgress?.(0.5);
    await this.hold;
    signal?.throwIfAborted();
    const durationMs = (names.length * 1000) / fpsOf(plan.frameRate);
    await writeFile(
      to,
      factVideo({ frames: names.length, fps: fpsOf(plan.frameRate), durationMs }, names.join(' ')),
    );
  }
}
