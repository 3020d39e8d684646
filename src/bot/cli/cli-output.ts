import type { Problem } from '../../core/errors.ts';
import type { Card } from '../../core/ports/chat.ts';
import { renderCard } from '../terminal/render-card.ts';
import type { ScreenOutput, ScreenSettings } from '../terminal/render-screen.ts';
import { answerCard, problemCard } from '../thread-view/answer-card.ts';

/** What a shell needs before a verb: the README installs nothing on PATH. */
export const COMMAND_PREFIX = 'npx cosmos';

/** Columns of a terminal that does not tell. */
const USUAL_COLUMNS = 80;

/** What the command line writes to. */
export interface CliOutput {
  readonly out: ScreenOutput;
  readonly error: ScreenOutput;
  readonly settings: ScreenSettings;
}

/** The process's own output: colour and glyphs where its terminal has them. */
export function processOutput(): CliOutput {
  const { stdout, stderr } = process;
  const color = stdout.isTTY === true && stdout.hasColors();
  return {
    out: stdout,
    error: stderr,
    settings: {
      color,
      unicode: true,
      timeZone: undefined,
      now: () => Date.now(),
      commandPrefix: COMMAND_PREFIX,
    },
  };
}

export function printCard({ out, settings }: CliOutput, card: Card): void {
  out.write(`${lines(card, out, settings).join('\n')}\n`);
}

/** To standard error: what was asked for was not done. */
export function printProblems(
  { error, settings }: CliOutput,
  problems: readonly [Problem, ...Problem[]],
): void {
  error.write(`${lines(problemCard(problems), error, settings).join('\n')}\n`);
}

/** A remark beside what was asked for; what stands between backquotes is to be typed, or a name. */
export function printNote({ error, settings }: CliOutput, text: string): void {
  error.write(`${lines(answerCard(text), error, settings).join('\n')}\n`);
}

function lines(card: Card, output: ScreenOutput, settings: ScreenSettings): readonly string[] {
  const { now, ...rest } = settings;
  const isTerminal = output.isTTY === true;
  return renderCard(card, {
    ...rest,
    now: now(),
    color: rest.color && isTerminal,
    width: output.columns || (isTerminal ? USUAL_COLUMNS : Number.POSITIVE_INFINITY),
  });
}
