import { chunkCount } from '../models/chunks.ts';
import type { ParameterValues, Profile } from '../models/profile.ts';
import { FindingsCollector, type FoundFailure, type LogFindings } from './log-findings.ts';
import { type LogLine, LogLineSplitter, MAX_LINE_BYTES, MAX_TEXT_LINE_BYTES } from './log-lines.ts';
import { type BarReading, ProgressBar } from './progress-bar.ts';
import { StagePosition } from './progress-stages.ts';
import type { RunProgress } from './run.ts';

/** What a run's log is measured against. */
export interface RunExpectations {
  /** Of the input video. */
  readonly frames?: number;
  readonly parameters?: ParameterValues;
}

/** Where a run stands in its stages. */
export type LogPosition = Pick<RunProgress, 'modelStage' | 'percent' | 'step'>;

/** The end of a log that has no line end yet. */
export interface LogRest {
  readonly text: string;
  /** It is a whole line, and only the kind of its end is open. */
  readonly isWhole: boolean;
}

/** All that there is of the log was read as lines. */
export const NO_REST: LogRest = { text: '', isWhole: true };
/** Bars are short; a pattern with two numbers can take very long on a long line of digits. */
const MAX_BAR_CHARACTERS = 400;

/** Cuts the log of a job into lines that are long enough for what its profile looks for. */
export function lineSplitter({ success }: Profile): LogLineSplitter {
  const hasText = success.outputs.some((output) => output.from_log !== undefined);
  return new LogLineSplitter(hasText ? MAX_TEXT_LINE_BYTES : MAX_LINE_BYTES);
}

/** Knows from the profile what the lines of one run say: where the model stands, and what was found. */
export class LogReader implements LogFindings {
  readonly #profile: Profile;
  readonly #findings: FindingsCollector;
  readonly #stages: readonly RegExp[];
  readonly #bars: readonly { readonly pattern: RegExp; readonly stage: number; readonly bar: ProgressBar }[];
  readonly #position: StagePosition;
  #shownBar: ProgressBar | undefined;
  #percent: number | undefined;
  #lastLine = '';
  #rest: LogRest = NO_REST;

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

  read(line: LogLine): void {
    const text = meaningOf(line.text);
    const { rewritten } = line;
    this.#findings.readText(line.text);
    if (text === '') return;
    if (!rewritten && text.trim() !== '') this.#lastLine = text.trim();
    this.#findings.read(text);
    const stage = this.#stages.findIndex((pattern) => pattern.test(text));
    if (stage !== -1) this.#begin(stage);
    else this.#readBars(text, false);
  }

  /** What no line holds yet: to be said anew after every line. Each call takes the place of the one before. */
  readRest(rest: LogRest): void {
    this.#rest = rest;
  }

  /** Where the model stands now. Percent never falls. */
  position(): LogPosition {
    // The bar that is on the screen has no end yet. It may be cut: it counts only where its total is the known one.
    this.#readBars(this.#rest.text, !this.#rest.isWhole);
    const stage = this.#position.stage?.key;
    const step = this.#shownBar?.reading;
    return {
      ...(stage !== undefined && { modelStage: stage }),
      ...(this.#percent !== undefined && { percent: this.#percent }),
      ...(step !== undefined && { step }),
    };
  }

  get failures(): readonly FoundFailure[] {
    return this.#findings.failures(meaningOf(this.#rest.text));
  }

  get hang(): FoundFailure | undefined {
    return this.#findings.hang;
  }

  get hasMarker(): boolean {
    return this.#findings.hasMarker(meaningOf(this.#rest.text));
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#findings.texts(this.#rest.text);
  }

  get lastLine(): string {
    const rest = meaningOf(this.#rest.text).trim();
    return rest === '' ? this.#lastLine : rest;
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

/** What of a line can mean something; only a text that was asked for may be longer. */
function meaningOf(text: string): string {
  return text.length <= MAX_LINE_BYTES ? text : text.slice(0, MAX_LINE_BYTES);
}

function readingOf(groups: Readonly<Record<string, string>>): BarReading | undefined {
  const current = Number(groups.current);
  const total = Number(groups.total);
  if (!Number.isSafeInteger(current) || !Number.isSafeInteger(total)) return undefined;
  return current >= 0 && total > 0 && current <= total ? { current, total } : undefined;
}
