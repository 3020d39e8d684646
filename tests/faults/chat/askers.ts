import { setTimeout as after } from 'node:timers/promises';
import { TERMINAL_PLACE } from '../../../src/bot/terminal/terminal-chat.ts';
import { RECEIPT } from '../../../src/bot/wording/receipt-words.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { TranscriptMessage } from '../../../src/core/store/transcript.ts';
import type { Person } from '../../fakes/discord/people/person.ts';
import type { SeenMessage } from '../../fakes/slack/people/seen.ts';
import type { DiscordWorld } from '../discord/discord-world.ts';
import type { SlackWorld } from '../slack/slack-world.ts';
import type { BotProcess } from './bot-process.ts';

const LOOK_AGAIN_MS = 20;

/** A command as it is typed, and with the options of a slash command. */
export interface Question {
  readonly words: string;
  readonly verb: string;
  readonly options?: Readonly<Record<string, string | boolean>>;
}

/** Asks where nobody else reads the answer, and returns all that it says. */
export type Ask = (question: Question) => Promise<string>;

export function inDiscord({ channel }: DiscordWorld, who: Person): Ask {
  return async ({ verb, options }) => {
    const asked = await who.command(channel, `cosmos ${verb}`, options);
    const isAnswer = ({ words, ephemeral }: { words: string; ephemeral: boolean }): boolean =>
      ephemeral && words !== RECEIPT;
    return (await asked.answer(isAnswer)).words;
  };
}

export function inSlack({ slack, anna, channel }: SlackWorld): Ask {
  const answers = (): readonly SeenMessage[] =>
    anna.sees(channel).filter((message) => message.ephemeral && message.words !== RECEIPT);
  return async ({ words }) => {
    const before = answers().length;
    await anna.command(channel, '/cosmos', words);
    return (await slack.until(() => answers()[before])).words;
  };
}

export function atTerminal(bot: BotProcess, store: Store): Ask {
  return async ({ words }) => {
    const before = saidAtTerminal(store).length;
    bot.type(words);
    for (;;) {
      const answer = saidAtTerminal(store)[before];
      if (answer !== undefined) return JSON.stringify(answer.card);
      await after(LOOK_AGAIN_MS);
    }
  };
}

/** What the bot has said at the terminal. */
export function saidAtTerminal(store: Store): readonly TranscriptMessage[] {
  const { tenant, channel } = TERMINAL_PLACE;
  return store.transcript.list(tenant, channel).filter(({ key }) => !key.startsWith('said:'));
}
