import type { Logger } from 'pino';
import { toCosmosError } from '../../core/errors.ts';
import type { Bot } from '../bot.ts';
import type { OpenedChat } from '../open-chats.ts';
import { chatConnected } from '../wording/cli-words.ts';
import { type CliOutput, printNote, printProblems } from './cli-output.ts';

/**
 * Starts chats beside each other; one that does not answer is waited for, one that refuses is told and stops no other.
 * Resolves with the number that serve, once each serves or has refused, or `signal` has aborted.
 */
export async function serveChats(
  bot: Bot,
  chats: readonly OpenedChat[],
  { output, logger, signal }: { output: CliOutput; logger: Logger; signal: AbortSignal },
): Promise<number> {
  const serve = async ({ where, port, ways }: OpenedChat): Promise<boolean> => {
    try {
      await bot.startChat(port, where);
      if (!signal.aborted) printNote(output, chatConnected(where, ways?.()));
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const failure = toCosmosError(error);
      logger.error({ chat: where, err: failure }, 'chat could not be started');
      const { where: key, ...parameters } = failure.parameters;
      const place = key === undefined ? where : `${where}.${String(key)}`;
      printProblems(output, [{ code: failure.code, parameters: { ...parameters, where: place } }]);
      return false;
    }
  };
  const served = await Promise.all(chats.map(serve));
  return served.filter(Boolean).length;
}
