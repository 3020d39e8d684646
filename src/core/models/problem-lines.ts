import { findLine, tomlLines } from '../config/toml-lines.ts';
import type { Problem } from '../errors.ts';

/** A file of which a profile is made. */
export interface ProfileText {
  /** What problems call it. */
  readonly file: string;
  readonly text: string;
}

/**
 * The problems of a profile with the `line` of what they name by `where`, and with the `file` that says it: the
 * profile's own, which is the first, or the one that it extends.
 */
export function withLines(
  problems: readonly [Problem, ...Problem[]],
  texts: readonly ProfileText[],
): readonly [Problem, ...Problem[]] {
  const sources = texts.map(({ file, text }) => ({ file, lines: tomlLines(text) }));
  const located = (problem: Problem): Problem => {
    const { where, file } = problem.parameters;
    if (typeof where !== 'string' || file !== sources[0]?.file) return problem;
    const [nearest] = sources
      .flatMap(({ file, lines }) => {
        const found = findLine(lines, where);
        return found === undefined ? [] : [{ file, ...found }];
      })
      .toSorted((one, other) => other.where.length - one.where.length);
    if (nearest === undefined) return problem;
    const { file: said, line } = nearest;
    return { code: problem.code, parameters: { ...problem.parameters, file: said, line } };
  };
  const [first, ...rest] = problems;
  return [located(first), ...rest.map(located)];
}
