import type {
  App,
  BlockAction,
  BlockElementAction,
  ButtonAction,
  MessageShortcut,
  SlashCommand,
} from '@slack/bolt';
import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { Inbound, Receive } from '../../../core/ports/chat.ts';
import { explain } from '../../wording/explain.ts';
import { CARD_ACTION_ID } from '../action-codec.ts';
import type { ResponseUrls } from '../response-urls.ts';
import type { SlackInteractive } from '../slack-interactive.ts';
import type { Afterwards } from './afterwards.ts';
import { fromClick } from './from-click.ts';
import { fromCommand } from './from-command.ts';
import { fromMessage } from './from-message.ts';
import { fromShortcut, USE_SHORTCUT } from './from-shortcut.ts';
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
      await interactively(fromShortcut(shortcut, around), shortcut.response_url, parts);
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
  if (!interactive.offer(event, opening)) await interactively(event, responseUrl, parts);
}

/** Makes it durable, or says at its own address that it is not: the acknowledgement of a click carries no words. */
async function interactively(
  event: Inbound,
  url: string | undefined,
  { receive, responseUrls, afterwards }: ListenerParts,
): Promise<void> {
  if (url !== undefined) responseUrls.remember(event.dedupeKey, url);
  const problem = await problemOf(receive, event);
  if (problem === undefined || url === undefined) return;
  const message = { response_type: 'ephemeral', replace_original: false, text: problem } as const;
  afterwards.do('nobody could be told that nothing was saved', async () => await respond(url, message));
}

/** In words, why it is not saved now; Slack does not send it again, so whoever did it has to. */
async function problemOf(receive: Receive, event: Inbound): Promise<string | undefined> {
  try {
    await receive(event);
    return undefined;
  } catch (error) {
    const { sentence, nextStep } = explain(toCosmosError(error).toProblem());
    return [sentence, nextStep].filter((each) => each !== undefined && each !== '').join(' ');
  }
}
