import type { BatchRule, Profile } from '../models/profile.ts';
import { ForeignTexts } from './foreign-texts.ts';
import type { FoundFailure, LogFindings } from './log-findings.ts';
import type { LogLine, LogLineSplitter } from './log-lines.ts';
import { LogReader, type LogRest, lineSplitter, NO_REST, type RunExpectations } from './log-reader.ts';
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
  /** What stands in the part of the log that is about that run, with `[…]` for lines that hold words of others. */
  findings(item: number): LogFindings;
  /** What stands in the part that is about none: before the first run, or after the last that has ended. */
  readonly outside: LogFindings;
}

/** A run of a batch: what its part of the log is measured against, and what it says to its model in words. */
export interface BatchItem extends RunExpectations {
  readonly texts?: readonly string[];
}

/** Takes the lines of the log that the run at that place may see, in order. */
export type TakeLine = (item: number, line: LogLine) => void;

/** Stands for lines that hold words of another run. */
const LEFT_OUT = '[…]';

/**
 * As `ProgressTracker`, for a log of several runs that the model works off one after the other. Each run sees its own part
 * and what belongs to all: lines before the first run, and between two of them. Lines that hold words of others are left
 * out. A line that says where a run begins or ends counts only in the order of the list. After a
 * failure that hangs no line says anything: processes that wait for each other may give results that belong to no run.
 */
export class BatchTracker implements BatchFindings {
  readonly #profile: Profile;
  readonly #splitter: LogLineSplitter;
  readonly #begins: RegExp;
  readonly #ends: RegExp;
  readonly #items: readonly { readonly reader: LogReader; readonly tail: LogTail }[];
  readonly #texts: ForeignTexts;
  readonly #take: TakeLine | undefined;
  readonly #ended: Set<number> = new Set();
  /** Runs of which the last line was left out. */
  readonly #leftOut: Set<number> = new Set();
  /** The last run that has begun; -1 before the first. */
  #present = -1;
  #outside: LogReader;
  #hang: FoundFailure | undefined;

  constructor(profile: Profile, batch: BatchRule, items: readonly BatchItem[], take?: TakeLine) {
    this.#profile = profile;
    this.#splitter = lineSplitter(profile);
    this.#begins = new RegExp(batch.begins);
    this.#ends = new RegExp(batch.ends);
    this.#items = items.map((item) => ({
      reader: new LogReader(profile, item),
      tail: new LogTail(TAIL_LINES),
    }));
    this.#texts = new ForeignTexts(items.map(({ texts = [] }) => texts));
    this.#take = take;
    this.#outside = new LogReader(profile);
  }

  feed(bytes: Uint8Array): void {
    for (const line of this.#splitter.push(bytes)) this.#read(line);
    if (this.#hang !== undefined) return;
    this.#readRest({ text: this.#splitter.rest(), isWhole: this.#splitter.isRestWhole });
  }

  /** What the run at that place may see of the end of the log that has no line end yet. */
  rest(item: number): string {
    const rest = this.#splitter.rest();
    const about = this.#hang === undefined ? this.atWork : undefined;
    return this.#receivers(rest, about).get(item) === 'whole' ? rest : '';
  }

  snapshot(item: number): ProgressSnapshot {
    const logTail = this.#items[item]?.tail.lines(this.rest(item)) ?? [];
    const batch = { place: item + 1, of: this.#items.length, state: this.#stateOf(item) };
    if (batch.state === 'ready') return { percent: 100, logTail, batch };
    return { ...this.#items[item]?.reader.position(), logTail, batch };
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
    const { failures, hasMarker, texts, lastLine } = this.#items[item]?.reader ?? this.#outside;
    const isOwn = (text: string): boolean =>
      this.#texts.sayersOf(text, { inPassing: true }).every((each) => each.has(item));
    return {
      ...{ hasMarker, texts },
      failures: failures.map((found) =>
        isOwn(found.line) ? found : { ...found, line: LEFT_OUT, groups: {} },
      ),
      lastLine: isOwn(lastLine) ? lastLine : LEFT_OUT,
    };
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
    if (this.#hang !== undefined) {
      // Whose line it is nobody can tell any more.
      this.#show(line, undefined);
      return;
    }
    // The line may be that of another run than the one that has seen its beginning.
    this.#readRest(NO_REST);
    const ended = this.#endedBy(text);
    if (ended === undefined && this.#begins.test(text) && this.#present + 1 < this.#items.length) {
      this.#present += 1;
    }
    if (ended !== undefined) this.#end(ended);
    // Loading the model is part of the first run for whoever looks at it.
    this.#items[Math.max(0, this.#present)]?.reader.read(line);
    if (this.atWork === undefined) this.#outside.read(line);
    this.#hang = (this.atWork === undefined ? this.#outside : this.#items[this.atWork]?.reader)?.hang;
    this.#show(line, ended ?? this.atWork);
  }

  #readRest(rest: LogRest): void {
    this.#items[Math.max(0, this.#present)]?.reader.readRest(rest);
    if (this.atWork === undefined) this.#outside.readRest(rest);
  }

  /** The run that has ended with that line. One that names a run says nothing where that cannot have had its turn. */
  #endedBy(text: string): number | undefined {
    const match = this.#ends.exec(text);
    if (match === null) return undefined;
    const named = match.groups?.['index'];
    const item = named === undefined ? this.#present : Number(named);
    const latest = this.atWork ?? this.#present + 1;
    const isPossible = Number.isInteger(item) && item >= 0 && item <= latest && item < this.#items.length;
    return isPossible ? item : undefined;
  }

  #end(item: number): void {
    if (this.#ended.has(item)) return;
    this.#present = Math.max(this.#present, item);
    this.#ended.add(item);
    this.#outside = new LogReader(this.#profile);
  }

  #show(line: LogLine, about: number | undefined): void {
    for (const [item, part] of this.#receivers(line.text, about)) {
      const isRepeated = part === 'left_out' && this.#leftOut.has(item);
      if (part === 'left_out') this.#leftOut.add(item);
      else this.#leftOut.delete(item);
      if (isRepeated) continue;
      const shown = part === 'whole' ? line : { text: LEFT_OUT, rewritten: false };
      this.#items[item]?.tail.push(shown);
      this.#take?.(item, shown);
    }
  }

  /** Who may see a line about that run, or about all. */
  #receivers(text: string, about: number | undefined): ReadonlyMap<number, 'whole' | 'left_out'> {
    // What a run does is seldom told with one word of another: its own lines are worth more than that.
    const sayers = this.#texts.sayersOf(text, { inPassing: about !== undefined });
    const seeing =
      about !== undefined
        ? [about]
        : this.#items.flatMap((_, item) => (this.#ended.has(item) && item !== this.#present ? [] : [item]));
    return new Map(
      seeing.map((item) => [item, sayers.every((each) => each.has(item)) ? 'whole' : 'left_out']),
    );
  }

  #stateOf(item: number): BatchPlace['state'] {
    if (this.#ended.has(item)) return 'ready';
    // While the model is loaded the first one is as far as the others are behind it.
    return item === Math.max(0, this.#present) ? 'works' : 'waits';
  }
}
