import type { FailureSignature, Profile } from '../models/profile.ts';
import { LogText } from './log-text.ts';

/** A failure signature of the profile that stands in the log. */
export interface FoundFailure {
  readonly signature: FailureSignature;
  /** The first line that has it. */
  readonly line: string;
  /** Named groups of its pattern that took part. */
  readonly groups: Readonly<Record<string, string>>;
}

/** What a log proves or disproves; `ProgressTracker` is one. */
export interface LogFindings {
  /** In the order of the profile: the first is the one that counts. */
  readonly failures: readonly FoundFailure[];
  /** The success marker was seen. True where the profile has none. */
  readonly hasMarker: boolean;
  /** A failure after which the job does not end by itself; absent where its result came all the same. */
  readonly hang?: FoundFailure | undefined;
  /** Texts that the log holds, by the path of the output that each is; without those that were not seen. */
  readonly texts: ReadonlyMap<string, string>;
  /** The last line with text that is not progress; empty where there is none. */
  readonly lastLine: string;
}

/** Looks for failure signatures and the success marker, line by line; keeps the first of each and nothing else. */
export class FindingsCollector {
  readonly #signatures: readonly { readonly signature: FailureSignature; readonly pattern: RegExp }[];
  readonly #marker: RegExp | undefined;
  readonly #found: Map<string, FoundFailure> = new Map();
  readonly #texts: readonly LogText[];
  #hasMarker = false;

  constructor({ failures, success }: Profile) {
    this.#texts = success.outputs.flatMap(({ path, from_log: source }) =>
      source === undefined ? [] : [new LogText(path, source)],
    );
    this.#signatures = failures.map((signature) => ({ signature, pattern: new RegExp(signature.pattern) }));
    this.#marker = success.marker === undefined ? undefined : new RegExp(success.marker);
  }

  /** Each complete line, in order: texts may have several. */
  readText(line: string): void {
    for (const text of this.#texts) text.read(line);
  }

  /** Each complete line, in order. */
  read(line: string): void {
    this.#find(line, this.#found);
    if (!this.#hasMarker && this.#marker?.test(line)) this.#hasMarker = true;
  }

  /** A failure after which the job does not end by itself, in complete lines. */
  get hang(): FoundFailure | undefined {
    return this.#found.size === 0
      ? undefined
      : this.#inOrder(this.#found).find(({ signature }) => signature.hangs !== undefined);
  }

  /** `rest`: what of the log is no complete line. It counts now, and is forgotten: it may be the beginning of another. */
  failures(rest: string): readonly FoundFailure[] {
    const found = new Map(this.#found);
    this.#find(rest, found);
    return this.#inOrder(found);
  }

  /** `rest` as for `failures`. */
  texts(rest: string): ReadonlyMap<string, string> {
    const found = this.#texts.map((text) => [text.path, text.textWith(rest)] as const);
    return new Map(found.filter(([, text]) => text !== ''));
  }

  /** `rest` as for `failures`. */
  hasMarker(rest: string): boolean {
    return this.#marker === undefined || this.#hasMarker || this.#marker.test(rest);
  }

  #find(line: string, found: Map<string, FoundFailure>): void {
    for (const { signature, pattern } of this.#signatures) {
      if (found.has(signature.key)) continue;
      const match = pattern.exec(line);
      if (match !== null) found.set(signature.key, { signature, line, groups: namedGroups(match) });
    }
  }

  #inOrder(found: ReadonlyMap<string, FoundFailure>): readonly FoundFailure[] {
    return this.#signatures.flatMap(({ signature }) => found.get(signature.key) ?? []);
  }
}

function namedGroups({ groups }: RegExpExecArray): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups ?? {}).filter(([, text]) => text !== undefined));
}
