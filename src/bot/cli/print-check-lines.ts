import type { CheckLine } from '../wording/host-check-words.ts';
import type { CliOutput } from './cli-output.ts';

/** One line for each fact, with what mends it below. */
export function printCheckLines(lines: readonly CheckLine[], { out, settings }: CliOutput): void {
  const [yes, no] = settings.unicode ? ['✔', '✖'] : ['ok', 'NO'];
  const print = ({ passed, text, advice }: CheckLine): string =>
    `${passed ? yes : no} ${text}\n${advice === undefined ? '' : `    ${advice}\n`}`;
  out.write(lines.map(print).join(''));
}
