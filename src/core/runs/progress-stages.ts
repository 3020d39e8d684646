import type { Profile } from '../models/profile.ts';

type Stage = Profile['progress']['stages'][number];

/**
 * Where a model is, as a place in the stages of its profile. Stages only go forward, except those that come again for
 * each chunk. Shares of the whole follow from the profile.
 */
export class StagePosition {
  readonly #stages: readonly Stage[];
  readonly #total: number;
  #chunks: number;
  #index = -1;
  /** Chunk at work, from 0. */
  #chunk = 0;
  /** Of the present stage, 0 to 1. */
  #done = 0;

  constructor(stages: readonly Stage[], chunks: number) {
    this.#stages = stages;
    this.#chunks = Math.max(1, chunks);
    this.#total = stages.reduce((sum, { share }) => sum + share, 0);
  }

  get stage(): Stage | undefined {
    return this.#stages[this.#index];
  }

  isAt(index: number): boolean {
    return index === this.#index;
  }

  /** True where the stage at `index` is still to come. */
  isBehind(index: number): boolean {
    return this.#index < index;
  }

  /** The stage at `index` began. */
  begin(index: number): void {
    if (index === this.#index) return;
    if (index > this.#index) this.#place(index, this.#chunk);
    else if (this.#stages[index]?.per_chunk && this.stage?.per_chunk) this.#place(index, this.#chunk + 1);
  }

  /** The present stage has done `done` (0 to 1) of its work, or of the present chunk's. */
  advance(done: number): void {
    this.#done = Math.max(this.#done, Math.min(1, done));
  }

  /** A bar of steps began anew: the next chunk is at work. */
  nextChunk(): void {
    if (this.stage?.per_chunk) this.#place(this.#index, this.#chunk + 1);
  }

  /** The model itself says how many chunks there are, and how many are done. */
  chunksDone(done: number, total: number): void {
    const first = this.#stages.findIndex(({ per_chunk }) => per_chunk);
    const last = this.#stages.findLastIndex(({ per_chunk }) => per_chunk);
    if (this.#index > last) return;
    this.#chunks = Math.max(1, total);
    if (done >= this.#chunks) {
      this.#place(last, this.#chunks - 1);
      this.#done = 1;
    } else if (done > this.#chunk) {
      this.#place(first, done);
    }
  }

  /** Of the whole run, 0 to 1; undefined before the first stage. */
  share(): number | undefined {
    const stage = this.stage;
    if (stage === undefined) return this.#stages.length === 0 ? this.#done : undefined;
    if (!stage.per_chunk) return (this.#sharesBefore(() => true) + stage.share * this.#done) / this.#total;
    const group = this.#stages.reduce((sum, { per_chunk, share }) => sum + (per_chunk ? share : 0), 0);
    const inChunk = this.#sharesBefore(({ per_chunk }) => per_chunk) + stage.share * this.#done;
    const before = this.#sharesBefore(({ per_chunk }) => !per_chunk);
    return (before + (group * this.#chunk + inChunk) / this.#chunks) / this.#total;
  }

  #place(index: number, chunk: number): void {
    this.#index = index;
    this.#chunk = Math.min(chunk, this.#chunks - 1);
    this.#done = 0;
  }

  #sharesBefore(counts: (stage: Stage) => boolean): number {
    return this.#stages
      .slice(0, this.#index)
      .reduce((sum, stage) => sum + (counts(stage) ? stage.share : 0), 0);
  }
}
