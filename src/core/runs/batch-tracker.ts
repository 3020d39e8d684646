import type { BatchRule, Profile } from '../models/profile.ts';
import type { FoundFailure, LogFindings } from './log-findings.ts';
import type { LogLine, LogLineSplitter } from './log-lines.ts';
import { LogReader, lineSplitter, type RunExpectations } from './log-reader.ts';
import { LogTail } from './log-tail.ts';
import { type ProgressSnapshot, TAIL_LINES } from './progress-tracker.ts';
import type { BatchPlace } from './run.ts';

/** What the log of a batch tells of each of its runs. Places count from 0. */
export interface BatchFindings {
  /** The model has begun with that run. */
  hasBegun(item: number): boolean;
  /** All that the run gives is there, as the log has it. */
  hasEnded(item: number): boolean;
  /** The run that the model has begun and not ended; undefined between two of them, and before the first. */
  readonly atWork: number | undefined;
  /** What stands in the part of the log that is about that run. */
  findings(item: number): LogFindings;
  /** What stands in the part that is about none: before the first run, or after the last that has ended. */
  readonly outside: LogFindings;
}

/**
 * As `ProgressTracker`, for a log of several runs that the model works off one after the other. After a failure that
 * hangs no line says anything: processes that wait for each other may give results that belong to no run.
 */
export class BatchTracker implements BatchFindings {
  readonly #profile: Profile;
  readonly #splitter: LogLineSplitter;
  readonly #tail = new LogTail(TAIL_LINES);
  readonly #begins: RegExp;
  readonly #ends: RegExp;
  readonly #readers: readonly LogReader[];
  readonly #ended: Set<number> = new Set();
  /** The last run that has begun; -1 before the first. */
  #present = -1;
  #outside: LogReader;
  #hang: FoundFailure | undefined;

  constructor(profile: Profile, batch: BatchRule, items: readonly RunExpectations[]) {
    this.#profile = profile;
    this.#splitter = lineSplitter(profile);
    this.#begins = new RegExp(batch.begins);
    this.#ends = new RegExp(batch.ends);
    this.#readers = items.map((expectations) => new LogReader(profile, expectations));
    this.#outside = new LogReader(profile);
  }

  feed(bytes: Uint8Array): void {
    for (const line of this.#splitter.push(bytes)) {
      if (line.text !== '') this.#tail.push(line);
      if (this.#hang === undefined) this.#read(line);
    }
    if (this.#hang !== undefined) return;
    const rest = { text: this.#splitter.rest(), isWhole: this.#splitter.isRestWhole };
    this.#readers[Math.max(0, this.#present)]?.readRest(rest);
    if (this.atWork === undefined) this.#outside.readRest(rest);
  }

  snapshot(item: number): ProgressSnapshot {
    const logTail = this.#tail.lines(this.#splitter.rest());
    const batch = { place: item + 1, of: this.#readers.length, state: this.#stateOf(item) };
    if (batch.state === 'ready') return { percent: 100, logTail, batch };
    return { ...this.#readers[item]?.position(), logTail, batch };
  }

  hasBegun(item: number): boolean {
    return item <= this.#present;
  }

  hasEnded(item: number): boolean {
    return this.#ended.has(item);
  }

  get atWork(): number | undefined {
    return this.#present < 0 || this.#ended.has(this.#present) ? undefined : this.#present;
  }

  findings(item: number): LogFindings {
    return this.#readers[item] ?? this.#outside;
  }

  get outside(): LogFindings {
    return this.#outside;
  }

  /** The failure with which the whole job was over. */
  get hang(): FoundFailure | undefined {
    return this.#hang;
  }

  #read(line: LogLine): void {
    const { text } = line;
    const ended = this.#ends.exec(text);
    if (ended !== null) this.#end(ended.groups?.index);
    else if (this.#begins.test(text)) this.#begin(this.#present + 1);
    // Loading the model is part of the first run for whoever looks at it.
    this.#readers[Math.max(0, this.#present)]?.read(line);
    if (this.atWork === undefined) this.#outside.read(line);
    this.#hang = (this.atWork === undefined ? this.#outside : this.#readers[this.atWork])?.hang;
  }

  #begin(item: number): void {
    if (item < this.#readers.length) this.#present = item;
  }

  /** A line may name its run; one that is no place of the list says nothing. */
  #end(named: string | undefined): void {
    const item = named === undefined ? this.#present : Number(named);
    if (!Number.isInteger(item) || item < 0 || item >= this.#readers.length) return;
    this.#present = Math.max(this.#present, item);
    this.#ended.add(item);
    this.#outside = new LogReader(this.#profile);
  }

  #stateOf(item: number): BatchPlace['state'] {
    if (this.#ended.has(item)) return 'ready';
    // While the model is loaded the first one is as far as the others are behind it.
    return item === Math.max(0, this.#present) ? 'works' : 'waits';
  }
}
