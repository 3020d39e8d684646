import { isFinished } from '../../core/runs/run.ts';
import type { Bot } from '../bot.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { USUAL_TAIL } from '../commands/verbs/logs.ts';
import { suggestions } from '../commands/verbs/suggestions.ts';
import { safeText } from '../terminal/plain-text.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import { NOBODY_FOLLOWS, WAITS_FOR_A_BOT, WAITS_ITS_TURN } from '../wording/cli-words.ts';
import { type CliOutput, printCard, printNote } from './cli-output.ts';
import type { ExitCode } from './command-line.ts';
import { onInterrupt } from './interrupt.ts';

/** Prints a run's log as it grows, until the run ends or somebody interrupts. */
export async function followLog(
  { parts: { api } }: Bot,
  command: ParsedCommand,
  output: CliOutput,
): Promise<ExitCode> {
  const run = api.findRun(command.arguments['run'] ?? '');
  if (!run.ok) {
    const meant = suggestions(run.problems, 'logs');
    printCard({ ...output, out: output.error }, problemCard(run.problems, meant));
    return 1;
  }
  if (!isFinished(run.value.state) && !api.isAttended(run.value)) {
    printNote(output, run.value.state === 'queued' ? WAITS_FOR_A_BOT : NOBODY_FOLLOWS);
  } else if (run.value.state === 'queued') printNote(output, WAITS_ITS_TURN);
  const { tail } = command.options;
  const interrupted = onInterrupt();
  try {
    const lines = api.log.follow(
      () => api.getRun(run.value.id),
      typeof tail === 'number' ? tail : USUAL_TAIL,
      interrupted.signal,
    );
    for await (const line of lines) output.out.write(`${safeText(line, output.settings)}\n`);
    return 0;
  } finally {
    interrupted.dispose();
  }
}
