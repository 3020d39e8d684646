import type {
  App,
  BlockAction,
  BlockElementAction,
  ButtonAction,
  MessageShortcut,
  SlashCommand,
} from '@slack/bolt';
import type { Logger } from 'pino';
import { type Problem, toCosmosError } from '../../../core/errors.ts';
import type { Inbound, Receive } from '../../../core/ports/chat.ts';
import type { Afterwards } from '../../chat/afterwards.ts';
import { explain } from '../../wording/explain.ts';
import { CARD_ACTION_ID } from '../action-codec.ts';
import type { ResponseUrls } from '../response-urls.ts';
import type { SlackInteractive } from '../slack-interactive.ts';
import { fromClick } from './from-click.ts';
import { fromCommand } from './from-command.ts';
import { fromMessage } from './from-message.ts';
import { fromShortcut, hasMedium, USE_SHORTCUT } from './from-shortcut.ts';
import type { Surroundings } from './place.ts';
import { respond } from './respond.ts';

export interface ListenerParts {
  readonly receive: Receive;
  readonly around: Surroundings;
  readonly interactive: SlackInteractive;
  readonly responseUrls: ResponseUrls;
  readonly afterwards: Afterwards;
  readonly logger: Logger;
}

/**
 * Adds the listeners of what people do. Each makes the event durable and does nothing else that has to be waited for:
 * the acknowledgement leaves when the listener is done.
 */
export function addListeners(app: App, parts: ListenerParts): void {
  const { receive, around, logger } = parts;
  const message = async ({ event }: { readonly event: unknown }): Promise<void> => {
    const inbound = fromMessage(event, around);
    if (inbound !== undefined) await receive(inbound);
  };
  app.event('message', message);
  app.event('app_mention', message);
  app.command(/^\//, async ({ body, ack }) => await ack(await onCommand(body, parts)));
  app.action<BlockAction<BlockElementAction>>(
    { type: 'block_actions', action_id: CARD_ACTION_ID },
    async ({ body, action, ack }) => {
      if (action.type === 'button') await onClick(body, action, parts);
      await ack();
    },
  );
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: USE_SHORTCUT },
    async ({ shortcut, ack }) => {
      await onShortcut(shortcut, parts);
      await ack();
    },
  );
  for (const gone of ['app_uninstalled', 'tokens_revoked'] as const) {
    app.event(gone, async () => {
      logger.error({ event: gone }, 'the bot was removed from its Slack workspace: install the app again');
    });
  }
}

/** What the person sees at once: nothing, or that nothing was saved. */
async function onCommand(
  body: SlashCommand,
  { receive, around, interactive, responseUrls }: ListenerParts,
): Promise<{ response_type: 'ephemeral'; text: string } | undefined> {
  const event = fromCommand(body, around);
  const { trigger_id: triggerId, response_url: responseUrl } = body;
  if (interactive.offer(event, { triggerId, responseUrl })) return undefined;
  responseUrls.remember(event.dedupeKey, responseUrl);
  const problem = await problemOf(receive, event);
  return problem === undefined ? undefined : { response_type: 'ephemeral', text: problem };
}

async function onClick(body: BlockAction, action: ButtonAction, parts: ListenerParts): Promise<void> {
  const { around, interactive } = parts;
  const event = fromClick(body, action, around, interactive.directChannel(body));
  if (event === undefined) return;
  const { trigger_id: triggerId, response_url: responseUrl } = body;
  const opening = { triggerId, ...(responseUrl && { responseUrl }) };
  if (interactive.offer(event, opening)) return;
  const problem = await interactively(event, responseUrl, parts);
  // A page of one's own has no address for words.
  if (problem !== undefined && responseUrl === undefined) interactive.tell(problem, triggerId);
}

/** What nothing can be made of is told to whoever picked it, and to nobody else. */
async function onShortcut(shortcut: MessageShortcut, parts: ListenerParts): Promise<void> {
  const event = fromShortcut(shortcut, parts.around);
  const { response_url: url } = shortcut;
  if (hasMedium(shortcut)) await interactively(event, url, parts);
  else whisper(wordsOf({ code: 'input.no_files', parameters: {} }), event, url, parts);
}

/**
 * Makes it durable, or says at its own address that it is not: the acknowledgement of a click carries no words. Returns
 * what is wrong.
 */
async function interactively(
  event: Inbound,
  url: string | undefined,
  parts: ListenerParts,
): Promise<string | undefined> {
  const { receive, responseUrls } = parts;
  if (url !== undefined) responseUrls.remember(event.dedupeKey, url);
  const problem = await problemOf(receive, event);
  if (problem !== undefined && url !== undefined) whisper(problem, event, url, parts);
  return problem;
}

/** Says it where it was done: in a thread nobody sees what stands in its channel. */
function whisper(text: string, { where }: Inbound, url: string, { afterwards }: ListenerParts): void {
  const message = {
    ...({ response_type: 'ephemeral', replace_original: false } as const),
    text,
    ...(where.thread !== undefined && { thread_ts: where.thread }),
  };
  afterwards.do('nobody could be told what is wrong', async (ended) => await respond(url, message, ended));
}

/** In words, why it is not saved now; Slack does not send it again, so whoever did it has to. */
async function problemOf(receive: Receive, event: Inbound): Promise<string | undefined> {
  try {
    await receive(event);
    return undefined;
  } catch (error) {
    return wordsOf(toCosmosError(error).toProblem());
  }
}

function wordsOf(problem: Problem): string {
  const { sentence, nextStep } = explain(problem);
  return [sentence, nextStep].filter((each) => each !== undefined && each !== '').join(' ');
}
