import { readFile, writeFile } from 'node:fs/promises';
import { CosmosError } from '../../src/core/errors.ts';
import type { MediaFacts, MediaWorker, ReducePlan } from '../../src/core/ports/media.ts';

/** Content that `FakeMedia` takes for a video of that many frames. */
export function fakeVideo(frames: number): string {
  return `video ${frames}`;
}

/** Looks at what tests write in place of media files: `video 24`, `image`; everything else is no media. */
export class FakeMedia implements MediaWorker {
  readonly #failures: Error[] = [];
  /** How many files were looked at. */
  calls = 0;

  /** The next calls throw these, one each. */
  failNext(...errors: Error[]): void {
    this.#failures.push(...errors);
  }

  async probe(path: string): Promise<MediaFacts> {
    return await this.verify(path);
  }

  async verify(path: string): Promise<MediaFacts> {
    this.calls += 1;
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    const content = await readFile(path, 'utf8');
    if (content === 'image') return { kind: 'image', width: 64, height: 64, codec: 'png' };
    const frames = /^video (\d+)$/.exec(content)?.[1];
    if (frames === undefined) throw new CosmosError('input.not_media', { file: path });
    const size = { width: 64, height: 64, fps: 24 };
    return {
      kind: 'video',
      ...size,
      frames: Number(frames),
      durationMs: (Number(frames) / 24) * 1000,
      codec: 'h264',
      hasAudio: false,
    };
  }

  async poster(_path: string, to: string): Promise<void> {
    await writeFile(to, 'image');
  }

  async contactSheet(_cells: unknown, _columns: number, to: string): Promise<void> {
    await writeFile(to, 'image');
  }

  async proxy(): Promise<boolean> {
    return false;
  }

  async reduce(_path: string, to: string, { frames }: ReducePlan): Promise<void> {
    await writeFile(to, fakeVideo(frames));
  }

  async convertSound(): Promise<void> {
    throw new CosmosError('input.not_media');
  }

  async assemble(frames: AsyncIterable<unknown>, to: string): Promise<void> {
    let count = 0;
    for await (const _ of frames) count += 1;
    await writeFile(to, fakeVideo(count));
  }
}
