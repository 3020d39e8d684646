import type { Profile } from '../models/profile.ts';
import type { FoundFailure, LogFindings } from './log-findings.ts';
import type { LogLineSplitter } from './log-lines.ts';
import { LogReader, lineSplitter, type RunExpectations } from './log-reader.ts';
import { LogTail } from './log-tail.ts';
import type { RunProgress } from './run.ts';

export type ProgressSnapshot = Pick<RunProgress, 'modelStage' | 'percent' | 'step' | 'logTail' | 'batch'>;

/** Lines that a snapshot shows at most. */
export const TAIL_LINES = 20;

/**
 * Reads `run.log` as it grows, in chunks of any size, and knows from the profile where the model stands. Memory is
 * bounded whatever the log holds, and nothing is missed: each line is looked at once, when it is complete.
 */
export class ProgressTracker implements LogFindings {
  readonly #splitter: LogLineSplitter;
  readonly #tail = new LogTail(TAIL_LINES);
  readonly #reader: LogReader;
  readonly #hasOwnMarker: boolean;

  constructor(profile: Profile, expectations: RunExpectations = {}) {
    this.#splitter = lineSplitter(profile);
    this.#reader = new LogReader(profile, expectations);
    this.#hasOwnMarker = profile.success.marker !== undefined;
  }

  feed(bytes: Uint8Array): void {
    for (const line of this.#splitter.push(bytes)) {
      if (line.text !== '') this.#tail.push(line);
      this.#reader.read(line);
    }
    this.#reader.readRest({ text: this.#splitter.rest(), isWhole: this.#splitter.isRestWhole });
  }

  /** Where the model stands now. Percent never falls. */
  snapshot(): ProgressSnapshot {
    return { ...this.#reader.position(), logTail: this.#tail.lines(this.#splitter.rest()) };
  }

  get failures(): readonly FoundFailure[] {
    return this.#reader.failures;
  }

  /** A result that came all the same says that the job was not over; after a guardrail it says nothing. */
  get hang(): FoundFailure | undefined {
    const { hang } = this.#reader;
    const hasResult = this.#hasOwnMarker && this.#reader.hasMarker;
    return hasResult && hang?.signature.outcome !== 'blocked' ? undefined : hang;
  }

  get hasMarker(): boolean {
    return this.#reader.hasMarker;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#reader.texts;
  }

  get lastLine(): string {
    return this.#reader.lastLine;
  }
}
