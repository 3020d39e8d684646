import { checkMessage } from '../checks/message-check.ts';
import { checkSizes } from '../files.ts';
import type { Interaction } from '../interactions.ts';
import type { Message } from '../model.ts';
import { RESPONSE_TYPES } from '../numbers.ts';
import { deleteMessage, editMessage } from '../posting.ts';
import { refuse } from '../refusal.ts';
import { followUp, kept, respond } from '../responding.ts';
import { type Call, openRoute, type Route } from '../route.ts';
import { messageView } from '../views/message-view.ts';

const MESSAGES = '/webhooks/{application}/{token}';

/** Answers to interactions: the first one, and those by token. */
export const interactionRoutes: readonly Route[] = [
  openRoute('POST', '/interactions/{interaction}/{token}/callback', (call) => {
    const { world, body, files, query, param } = call;
    const interaction = world.interactions.toAnswer(param('interaction'), param('token'));
    respond(world, interaction, body, files);
    return query.get('with_response') === 'true' ? responseView(call, interaction) : undefined;
  }),
  openRoute('POST', MESSAGES, (call) =>
    view(call, followUp(call.world, interactionOf(call), call.body, call.files)),
  ),
  openRoute('GET', `${MESSAGES}/messages/{message}`, (call) =>
    view(call, answerOf(call, interactionOf(call))),
  ),
  openRoute('PATCH', `${MESSAGES}/messages/{message}`, (call) => {
    const { world, body, files } = call;
    const interaction = interactionOf(call);
    const message = answerOf(call, interaction);
    checkSizes(world, files, interaction.uploadBytes);
    const draft = checkMessage(body, { flags: kept(message) });
    editMessage(world, interaction.channel, message, draft, files);
    return view(call, message);
  }),
  openRoute('DELETE', `${MESSAGES}/messages/{message}`, (call) => {
    const interaction = interactionOf(call);
    deleteMessage(call.world, interaction.channel, answerOf(call, interaction));
    return undefined;
  }),
];

function interactionOf({ world, param }: Call): Interaction {
  return world.interactions.toFollow(param('application'), param('token'));
}

/** `@original`, or one of the follow-ups. Throws 10008. */
function answerOf({ param }: Call, interaction: Interaction): Message {
  const id = param('message');
  const found =
    id === '@original' ? interaction.original : interaction.messages.find((each) => each.id === id);
  if (!found || found.deletedAt !== undefined) throw refuse.unknownMessage();
  return found;
}

function view({ world }: Call, message: Message) {
  return messageView(world, message, message.authorId);
}

function responseView(call: Call, interaction: Interaction) {
  const { id, type, response, original, messages } = interaction;
  const { MESSAGE, DEFERRED_MESSAGE, UPDATE } = RESPONSE_TYPES;
  const shows = [MESSAGE, DEFERRED_MESSAGE, UPDATE].some((each) => each === response?.type);
  return {
    interaction: {
      id,
      type,
      ...(original && shows
        ? {
            response_message_id: original.id,
            response_message_loading: response?.type === DEFERRED_MESSAGE,
            response_message_ephemeral: original.onlyFor !== undefined,
          }
        : {}),
    },
    resource: {
      type: response?.type,
      ...(original && (messages.includes(original) || response?.type === UPDATE) && shows
        ? { message: view(call, original) }
        : {}),
    },
  };
}
