import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import { TERMINAL, TERMINAL_PLACE, TerminalChat } from '../../src/bot/terminal/terminal-chat.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { Checked } from '../../src/core/errors.ts';
import type { Inbound } from '../../src/core/ports/chat.ts';
import { isFinished } from '../../src/core/runs/run.ts';
import { Waiter } from '../../src/core/wakeup.ts';
import { type CallObserver, observed } from './observed-port.ts';
import { starts } from './workplace.ts';

/** How often a condition that no wake-up tells is looked at, ms. */
const LOOK_AGAIN_MS = 20;

export interface SessionOptions {
  readonly observe?: CallObserver;
  /** Somebody cancels the run as soon as its job has begun. */
  readonly isCancelled?: boolean;
  /** What stands after the prompt in the command: lists ask for many runs. */
  readonly parameters?: string;
}

/**
 * One life of a bot on the embedded default in `directory`: somebody posts a clip and asks for a run, as a platform
 * delivers it again after every restart, until the run has ended, is shown, and nothing of it is left on the host.
 */
export async function playSession(
  directory: string,
  { observe = () => () => undefined, isCancelled = false, parameters = '' }: SessionOptions = {},
): Promise<void> {
  const config = must(loadConfig({ environment: {}, directory }));
  const bot = must(
    await openBot(config, pino({ level: 'silent' }), {
      wrapHost: (host) => observed(host, 'host', observe, ['paths', 'close']),
      wrapMedia: (media) => observed(media, 'media', observe),
    }),
  );
  try {
    const { transcript } = bot.parts.store;
    const chat = new TerminalChat({ transcript, directory, onChange: () => undefined });
    bot.startLanes('daemon');
    await bot.startChat(observed(chat, 'chat', observe, ['stop', 'submit']));
    await chat.submit(
      event('upload', { kind: 'upload', text: 'A street', files: [{ id: 'clip.mp4', name: 'clip.mp4' }] }),
    );
    await until(bot, async () => bot.parts.store.inbox.open(TERMINAL).length === 0);
    const [prompt] = bot.parts.api.listPrompts(1);
    if (prompt === undefined) throw new Error('the upload made no prompt');
    await chat.submit(event('command', { kind: 'command', text: `inference ${prompt.id} ${parameters}` }));
    if (isCancelled) {
      await until(bot, async () => (await starts(directory)).length > 0 || isSettled(bot));
      const [run] = bot.parts.api.listRuns({ limit: 1 });
      await chat.submit(event('cancel', { kind: 'command', text: `cancel ${run?.id}` }));
    }
    await until(bot, async () => isSettled(bot) && (await attemptsLeft(directory)).length === 0);
  } finally {
    await bot.close();
  }
}

/** Directories of attempts that are still on the host. */
export async function attemptsLeft(directory: string): Promise<string[]> {
  return await readdir(join(directory, 'data', 'host', 'attempts')).catch(() => []);
}

type Said = {
  [K in Inbound['kind']]: Omit<Extract<Inbound, { kind: K }>, 'dedupeKey' | 'where' | 'user' | 'at'>;
}[Inbound['kind']];

function event(key: string, said: Said): Inbound {
  return {
    dedupeKey: `test:${key}`,
    where: TERMINAL_PLACE,
    user: { id: 'ana', name: 'ana', groups: [] },
    at: Date.now(),
    ...said,
  };
}

function isSettled({ parts: { store, api } }: Bot): boolean {
  const runs = api.listRuns({ limit: 10 });
  const isAnswered = store.inbox.open(TERMINAL).length === 0;
  const isShown = store.deliveries.open().length === 0;
  return isAnswered && isShown && runs.length > 0 && runs.every(({ state }) => isFinished(state));
}

async function until({ parts: { wakeup } }: Bot, isTrue: () => Promise<boolean>): Promise<void> {
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  try {
    while (!(await isTrue())) await waiter.wait(LOOK_AGAIN_MS, new AbortController().signal);
  } finally {
    unsubscribe();
  }
}

function must<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(`refused: ${JSON.stringify(checked.problems)}`);
}
