import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import { loadConfig } from '../../core/config/load-config.ts';
import { DataDirectory } from '../../core/data-directory.ts';
import { makeSample } from '../../core/media/make-sample.ts';
import { checkParameters } from '../../core/models/parameters.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import { Waiter } from '../../core/wakeup.ts';
import type { Bot } from '../bot.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { quoteWord } from '../commands/parse-words.ts';
import { openLogger } from '../logger.ts';
import { systemClock } from '../system-clock.ts';
import { TERMINAL } from '../terminal/terminal-chat.ts';
import type { TerminalSession } from '../terminal/terminal-session.ts';
import { demoEnd, demoLeft } from '../wording/cli-words.ts';
import { COMMAND_PREFIX, printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { lockDaemon } from './daemon-lock.ts';
import { type Interrupt, onInterrupt } from './interrupt.ts';
import { openConfiguredBot } from './open-configured-bot.ts';
import { openSession } from './open-session.ts';

/** The demo keeps to itself: its database, videos and host lie here. */
const DEMO_DIRECTORY = 'cosmos-demo';
const SAMPLE_PROMPT = 'A rainy neon street at night, cinematic';

/** How often a step is looked at when nothing wakes us, ms. */
const LOOK_AGAIN_MS = 200;

/** Plays a person's session on the embedded default: drops a video, runs it, shows the thread to its end. */
export async function demo({ command, output }: Invocation): Promise<ExitCode> {
  const directory = resolve(DEMO_DIRECTORY);
  const config = loadConfig({ environment: {}, directory });
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const data = new DataDirectory(config.value.dataDirectory);
  const interrupted = onInterrupt();
  try {
    using _lock = await lockDaemon(data, systemClock);
    const opened = await openConfiguredBot(
      config.value,
      openLogger('info', join(data.root, 'logs', 'cosmos.log')),
    );
    if (!opened.ok) {
      printProblems(output, opened.problems);
      return 2;
    }
    const bot = opened.value;
    // What it shows is typed after it: by then there is no chat.
    const session = openSession(bot, output, COMMAND_PREFIX);
    try {
      const wrong = wrongParameters(bot, command);
      if (wrong !== undefined) {
        printProblems(output, wrong);
        return 2;
      }
      bot.startLanes('daemon');
      await bot.startChat(session.chat);
      const run = await play(bot, session, {
        clip: asPath(command.arguments['clip'] ?? (await sampleVideo(config.value, interrupted.signal))),
        text: typeof command.options['prompt'] === 'string' ? command.options['prompt'] : SAMPLE_PROMPT,
        assignments: command.assignments.map(({ name, value }) => `${name}=${value}`),
        interrupted,
      });
      session.close();
      if (run !== undefined && !isFinished(run.state)) printNote(output, demoLeft(run.id, DEMO_DIRECTORY));
      const path = run?.outputs.find(({ purpose }) => purpose === 'primary')?.path;
      if (run?.state !== 'done' || path === undefined || !existsSync(path)) return 1;
      output.out.write(`${demoEnd(relative(process.cwd(), path), run.id, DEMO_DIRECTORY)}\n`);
      return 0;
    } finally {
      await bot.close();
    }
  } finally {
    interrupted.dispose();
  }
}

/** What is wrong with the parameters, known before a prompt is made that no run would follow. */
function wrongParameters({ parts: { models } }: Bot, { assignments }: ParsedCommand) {
  const profile = models.list()[0]?.profile;
  const given = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
  const checked = profile && checkParameters(profile, given);
  return checked?.ok === false ? checked.problems : undefined;
}

interface Script {
  readonly clip: string;
  readonly text: string;
  readonly assignments: readonly string[];
  readonly interrupted: Interrupt;
}

/** The finished run, or undefined where the bot has refused a step, or somebody interrupted. */
async function play(bot: Bot, session: TerminalSession, script: Script): Promise<Run | undefined> {
  const { api, store } = bot.parts;
  const { signal } = script.interrupted;
  const isAnswered = (): boolean => store.inbox.open(TERMINAL).length === 0;
  const isShown = (): boolean => store.deliveries.open().length === 0;
  const [before] = api.listPrompts(1);
  await session.say(`${quoteWord(script.clip)} ${quoteWord(script.text)}`);
  await until(bot, signal, () => isAnswered() && isShown());
  const [prompt] = api.listPrompts(1);
  if (prompt === undefined || prompt.id === before?.id) return undefined;
  await session.say(['/cosmos inference', prompt.id, ...script.assignments.map(quoteWord)].join(' '));
  await until(bot, signal, isAnswered);
  const [run] = api.listRuns({ promptId: prompt.id, limit: 1 });
  if (run === undefined) {
    await until(bot, signal, isShown);
    return undefined;
  }
  await until(bot, signal, () => isFinished(api.getRun(run.id)?.state ?? 'lost') && isShown());
  return api.getRun(run.id);
}

/** Resolves when `isTrue`, or when somebody interrupts. */
async function until({ parts: { wakeup } }: Bot, signal: AbortSignal, isTrue: () => boolean): Promise<void> {
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  try {
    while (!isTrue() && !signal.aborted) await waiter.wait(LOOK_AGAIN_MS, signal);
  } finally {
    unsubscribe();
  }
}

/** A bare `clip` or `status` would be read as a command. */
function asPath(clip: string): string {
  return clip.includes('/') ? clip : `./${clip}`;
}

async function sampleVideo(config: Config, signal: AbortSignal): Promise<string> {
  const path = join(config.dataDirectory, 'street.mp4');
  if (!existsSync(path)) await makeSample(path, signal);
  return relative(process.cwd(), path);
}
