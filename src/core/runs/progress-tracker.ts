import { chunkCount } from '../models/chunks.ts';
import type { ParameterValues, Profile } from '../models/profile.ts';
import { FindingsCollector, type FoundFailure, type LogFindings } from './log-findings.ts';
import { type LogLine, LogLineSplitter } from './log-lines.ts';
import { LogTail } from './log-tail.ts';
import { type BarReading, ProgressBar } from './progress-bar.ts';
import { StagePosition } from './progress-stages.ts';
import type { RunProgress } from './run.ts';

/** What a run's log is measured against. */
export interface RunExpectations {
  /** Of the input video. */
  readonly frames?: number;
  readonly parameters?: ParameterValues;
}

export type ProgressSnapshot = Pick<RunProgress, 'modelStage' | 'percent' | 'step' | 'logTail'>;

/** Lines that a snapshot shows at most. */
const TAIL_LINES = 20;
/** Bars are short; a pattern with two numbers can take very long on a long line of digits. */
const MAX_BAR_CHARACTERS = 400;

/**
 * Reads `run.log` as it grows, in chunks of any size, and knows from the profile where the model stands. Memory is
 * bounded whatever the log holds, and nothing is missed: each line is looked at once, when it is complete.
 */
export class ProgressTracker implements LogFindings {
  readonly #profile: Profile;
  readonly #splitter = new LogLineSplitter();
  readonly #tail = new LogTail(TAIL_LINES);
  readonly #findings: FindingsCollector;
  readonly #stages: readonly RegExp[];
  readonly #bars: readonly { readonly pattern: RegExp; readonly stage: number; readonly bar: ProgressBar }[];
  readonly #position: StagePosition;
  #shownBar: ProgressBar | undefined;
  #percent: number | undefined;
  #lastLine = '';

  constructor(profile: Profile, expectations: RunExpectations = {}) {
    const { stages, bars } = profile.progress;
    const chunks = expectations.frames === undefined ? 1 : chunkCount(profile, expectations.frames);
    this.#profile = profile;
    this.#findings = new FindingsCollector(profile);
    this.#stages = stages.map(({ begins }) => new RegExp(begins));
    this.#bars = bars.map(({ pattern, stage }) => ({
      pattern: new RegExp(pattern),
      stage: stages.findIndex(({ key }) => key === stage),
      bar: new ProgressBar(),
    }));
    this.#position = new StagePosition(stages, chunks);
  }

  feed(bytes: Uint8Array): void {
    for (const line of this.#splitter.push(bytes)) this.#readLine(line);
  }

  /** Where the model stands now. Percent never falls. */
  snapshot(): ProgressSnapshot {
    const rest = this.#splitter.rest();
    // The bar that is on the screen has no end yet. It may be cut: it counts only where its total is the known one.
    this.#readBars(rest, !this.#splitter.isRestWhole);
    const stage = this.#position.stage?.key;
    const step = this.#shownBar?.reading;
    return {
      ...(stage !== undefined && { modelStage: stage }),
      ...(this.#percent !== undefined && { percent: this.#percent }),
      ...(step !== undefined && { step }),
      logTail: this.#tail.lines(rest),
    };
  }

  get failures(): readonly FoundFailure[] {
    this.#findings.read(this.#splitter.rest());
    return this.#findings.failures;
  }

  get hasMarker(): boolean {
    this.#findings.read(this.#splitter.rest());
    return this.#findings.hasMarker;
  }

  get lastLine(): string {
    const rest = this.#splitter.rest().trim();
    return rest === '' ? this.#lastLine : rest;
  }

  #readLine(line: LogLine): void {
    const { text, rewritten } = line;
    if (text === '') return;
    this.#tail.push(line);
    if (!rewritten && text.trim() !== '') this.#lastLine = text.trim();
    this.#findings.read(text);
    const stage = this.#stages.findIndex((pattern) => pattern.test(text));
    if (stage !== -1) this.#begin(stage);
    else this.#readBars(text, false);
  }

  #begin(stage: number): void {
    const before = this.#position.stage;
    this.#position.begin(stage);
    if (this.#position.stage !== before) this.#clearBars();
    this.#measure();
  }

  #readBars(text: string, mayBeCut: boolean): void {
    if (text.length > MAX_BAR_CHARACTERS) return;
    for (const [index, { pattern, stage, bar }] of this.#bars.entries()) {
      const groups = pattern.exec(text)?.groups;
      const reading = groups && readingOf(groups);
      if (groups === undefined || reading === undefined) continue;
      if (mayBeCut && bar.total !== reading.total) return;
      if (this.#profile.progress.bars[index]?.counts === 'chunks') {
        this.#position.chunksDone(reading.current, reading.total);
      } else {
        this.#readSteps(stage, bar, groups.rank ?? '', reading);
      }
      this.#measure();
      return;
    }
  }

  /** A bar shows that its stage is on, even where the line that begins it was never printed. */
  #readSteps(stage: number, bar: ProgressBar, rank: string, reading: BarReading): void {
    if (stage !== -1 && !this.#position.isBehind(stage) && !this.#position.isAt(stage)) return;
    if (stage !== -1 && this.#position.isBehind(stage)) this.#begin(stage);
    if (bar.read(rank, reading)) this.#position.nextChunk();
    this.#shownBar = bar;
    const shown = bar.reading;
    if (shown !== undefined && shown.total > 0) this.#position.advance(shown.current / shown.total);
  }

  #clearBars(): void {
    for (const { bar } of this.#bars) bar.clear();
    this.#shownBar = undefined;
  }

  #measure(): void {
    const share = this.#position.share();
    if (share === undefined) return;
    this.#percent = Math.max(this.#percent ?? 0, Math.min(100, Math.floor(share * 100)));
  }
}

function readingOf(groups: Readonly<Record<string, string>>): BarReading | undefined {
  const current = Number(groups.current);
  const total = Number(groups.total);
  if (!Number.isSafeInteger(current) || !Number.isSafeInteger(total)) return undefined;
  return current >= 0 && total > 0 && current <= total ? { current, total } : undefined;
}
