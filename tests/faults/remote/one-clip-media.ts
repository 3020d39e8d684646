import { writeFile } from 'node:fs/promises';
import type { MediaFacts, MediaWorker } from '../../../src/core/ports/media.ts';

const CLIP: MediaFacts = {
  ...{ kind: 'video', codec: 'h264', hasAudio: false },
  ...{ width: 64, height: 64, fps: 24, frames: 5, durationMs: 208 },
};

/** Takes every file for the same good clip. */
export class OneClipMedia implements MediaWorker {
  async probe(): Promise<MediaFacts> {
    return CLIP;
  }

  async verify(): Promise<MediaFacts> {
    return CLIP;
  }

  async poster(_path: string, to: string): Promise<void> {
    await writeFile(to, 'poster');
  }

  async contactSheet(_cells: unknown, _columns: number, to: string): Promise<void> {
    await writeFile(to, 'sheet');
  }

  async proxy(): Promise<boolean> {
    return false;
  }

  async reduce(_path: string, to: string): Promise<void> {
    await writeFile(to, 'smaller');
  }

  async convertSound(_path: string, to: string): Promise<void> {
    await writeFile(to, 'sound');
  }

  async assemble(_frames: unknown, to: string): Promise<void> {
    await writeFile(to, 'assembled');
  }
}
