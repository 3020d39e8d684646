import type { RequestId } from '../../core/ids.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import { Waiter } from '../../core/wakeup.ts';
import type { Bot } from '../bot.ts';
import { picturedOutput } from '../chat/contact-sheets.ts';
import { requestData } from '../commands/verbs/request-answer.ts';
import { openScreen, type ScreenMessage } from '../terminal/render-screen.ts';
import { answerCard } from '../thread-view/answer-card.ts';
import { requestCard } from '../thread-view/request-card.ts';
import { requestEndCard } from '../thread-view/request-end-card.ts';
import { resultCard } from '../thread-view/result-card.ts';
import { contactSheetAt, leftRunning } from '../wording/cli-words.ts';
import { type CliOutput, printNote } from './cli-output.ts';
import type { ExitCode } from './command-line.ts';
import { onInterrupt } from './interrupt.ts';

/** How often the table is drawn again while nothing changes, ms: its remaining time runs on. */
const REDRAW_MS = 1_000;

/** As `followRun`, for all runs of a request: their table, each result as it comes, and the contact sheet. */
export async function followRequest(
  bot: Bot,
  id: RequestId,
  output: CliOutput,
  json: boolean,
): Promise<ExitCode> {
  const { api, wakeup } = bot.parts;
  const request = api.requests.get(id);
  if (request === undefined) return 1;
  const isEnded = () => api.requests.hasEnded(request);
  bot.startLanes('command', () => !isEnded());
  const interrupted = onInterrupt();
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  const screen = openScreen(json ? output.error : output.out, output.settings);
  try {
    while (!isEnded() && !interrupted.signal.aborted) {
      screen.show(messages(bot, request));
      await waiter.wait(REDRAW_MS, interrupted.signal);
    }
    const sheet = isEnded() ? await contactSheet(bot, request) : [];
    screen.show([...messages(bot, request), ...sheet]);
    await bot.settleContactSheets(interrupted.signal);
  } finally {
    unsubscribe();
    screen.close();
    interrupted.dispose();
  }
  if (json) output.out.write(`${JSON.stringify(requestData({ api }, request), null, 2)}\n`);
  const [left, ...others] = api.requests.unfinished(request).map((run) => run.id);
  if (left !== undefined) printNote(output, leftRunning([left, ...others]));
  return api.requests.runsOf(request).every(({ state }) => state === 'done') ? 0 : 1;
}

function messages({ parts: { api, views } }: Bot, request: RunRequest): ScreenMessage[] {
  const reader = { localFiles: true };
  const runs = api.requests.runsOf(request);
  const isEnded = api.requests.hasEnded(request);
  const results = runs
    .filter(({ state }) => state === 'done')
    .toSorted((one, other) => (one.finishedAt ?? 0) - (other.finishedAt ?? 0))
    .map((run) => ({ key: run.id, card: resultCard(views.result(run, reader)), live: false }));
  const view = views.request(request);
  const table = { key: 'request', card: requestCard(view), live: !isEnded };
  if (!isEnded) return [...results, table];
  return [
    ...results,
    table,
    { key: 'end', card: requestEndCard(views.requestEnd(request, reader)), live: false },
  ];
}

async function contactSheet(bot: Bot, request: RunRequest): Promise<ScreenMessage[]> {
  const runs = bot.parts.api.requests.wholeOf(request);
  if (!runs.some(({ outputs }) => picturedOutput(outputs) !== undefined)) return [];
  const sheet = await bot.contactSheet(request);
  if (sheet === undefined) return [];
  return [{ key: 'sheet', card: answerCard(contactSheetAt(sheet.path)), live: false }];
}
