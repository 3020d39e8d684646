import type { RunId } from '../../core/ids.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import { Waiter } from '../../core/wakeup.ts';
import type { Bot } from '../bot.ts';
import { runData } from '../commands/command-context.ts';
import { isLiveCard, openScreen, type ScreenMessage } from '../terminal/render-screen.ts';
import { failureCard } from '../thread-view/failure-card.ts';
import { resultCard } from '../thread-view/result-card.ts';
import { statusCard } from '../thread-view/status-card.ts';
import { leftRunning } from '../wording/cli-words.ts';
import { type CliOutput, printNote } from './cli-output.ts';
import type { ExitCode } from './command-line.ts';
import { onInterrupt } from './interrupt.ts';

/** How often the card is drawn again while nothing changes, ms: its remaining time runs on. */
const REDRAW_MS = 1_000;

/**
 * Shows a run to its end. Works the queue in order up to that run where no other process drives the lanes, and takes
 * over when one that does ends. An interrupt leaves the run running.
 */
export async function followRun(bot: Bot, id: RunId, output: CliOutput, json: boolean): Promise<ExitCode> {
  const { api, wakeup } = bot.parts;
  const isEnded = (): boolean => {
    const run = api.getRun(id);
    return run === undefined || isFinished(run.state);
  };
  bot.startLanes('command', () => !isEnded());
  const interrupted = onInterrupt();
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  const screen = openScreen(json ? output.error : output.out, output.settings);
  try {
    while (!isEnded() && !interrupted.signal.aborted) {
      screen.show(messages(bot, id));
      await waiter.wait(REDRAW_MS, interrupted.signal);
    }
    screen.show(messages(bot, id));
    await bot.settleContactSheets(interrupted.signal);
  } finally {
    unsubscribe();
    screen.close();
    interrupted.dispose();
  }
  const run = api.getRun(id);
  if (json) output.out.write(`${JSON.stringify(run && runData(run), null, 2)}\n`);
  const [left, ...others] = [...(isEnded() ? [] : [id]), ...startedHere(bot, id)];
  if (left !== undefined) printNote(output, leftRunning([left, ...others]));
  return run?.state === 'done' ? 0 : 1;
}

/** Other runs that the lanes of this process took, and that go on without it. */
function startedHere({ parts: { api } }: Bot, id: RunId): RunId[] {
  const lanes = api.queue().hosts.flatMap((host) => host.lanes);
  return lanes.flatMap(({ driver, now }) =>
    driver?.process === process.pid && now !== undefined && now.run !== id ? [now.run] : [],
  );
}

function messages(bot: Bot, id: RunId): ScreenMessage[] {
  const { api, views } = bot.parts;
  const run = api.getRun(id);
  if (run === undefined) return [];
  const status = statusCard(views.status(run));
  const shown = { key: 'status', card: status, live: isLiveCard(status) };
  return isFinished(run.state) ? [shown, { key: 'end', card: endCard(bot, run), live: false }] : [shown];
}

function endCard({ parts: { views } }: Bot, run: Run) {
  return run.state === 'done'
    ? resultCard(views.result(run, { localFiles: true }))
    : failureCard(views.failure(run, { localFiles: true }));
}
