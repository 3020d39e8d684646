import type { Problem } from '../errors.ts';
import { findLine, joinPaths, type TomlLines, tomlLines } from './toml-lines.ts';

/** A TOML file, or a part of one, in which what a problem names may stand. */
export interface SourceText {
  /** What problems call it. */
  readonly file: string;
  readonly text: string;
  /** The table of the file in which `where` begins, such as `models.preview`; absent: the file itself. */
  readonly within?: string;
}

/**
 * Problems with the `line` of what they name by `where`, and with the `file` that says it: of all texts the one that
 * says the most of the path. Below `within`, `where` becomes the path in the file. A problem of another file than the
 * first one's, or without `where`, stays as it is.
 */
export function withLines(
  problems: readonly [Problem, ...Problem[]],
  texts: readonly SourceText[],
): readonly [Problem, ...Problem[]] {
  const locate = locator(texts);
  const [first, ...rest] = problems;
  return [locate(first), ...rest.map(locate)];
}

/** What `withLines` does, for one problem after the other; no text is read before there is one. */
export function locator(texts: readonly SourceText[]): (problem: Problem) => Problem {
  const read = new Map<string, TomlLines>();
  const linesOf = (text: string): TomlLines => {
    const lines = read.get(text) ?? tomlLines(text);
    read.set(text, lines);
    return lines;
  };
  return (problem) => {
    const { where, file } = problem.parameters;
    const [own] = texts;
    if (own === undefined || typeof where !== 'string' || file !== own.file) return problem;
    const places = texts.flatMap(({ file, text, within = '' }) => {
      const path = joinPaths(within, where);
      const found = findLine(linesOf(text), path);
      if (found === undefined) return [];
      return [{ file, where: path, line: found.line, said: found.where.length - within.length }];
    });
    const [nearest] = places.toSorted((one, other) => other.said - one.said);
    const place =
      nearest === undefined
        ? { where: joinPaths(own.within ?? '', where) }
        : { file: nearest.file, where: nearest.where, line: nearest.line };
    return { code: problem.code, parameters: { ...problem.parameters, ...place } };
  };
}
