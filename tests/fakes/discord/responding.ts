import { isObject, type JsonObject, objectAt, objectsOf } from '../slack/json.ts';
import type { SentFile } from './call-log.ts';
import { checkChoice } from './checks/command-check.ts';
import { Complaints, invalid } from './checks/complaints.ts';
import { checkMessage } from './checks/message-check.ts';
import { checkModal } from './checks/modal-check.ts';
import { checkSizes } from './files.ts';
import type { Interaction } from './interactions.ts';
import { LIMITS } from './limits.ts';
import type { Message } from './model.ts';
import { INTERACTION_TYPES, MESSAGE_FLAGS, MESSAGE_TYPES, OPTION_TYPES, RESPONSE_TYPES } from './numbers.ts';
import { addDraft, addMessage, editMessage } from './posting.ts';
import type { World } from './world.ts';

const { MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL } = RESPONSE_TYPES;

/** The first response to an interaction. Throws 50035 where its kind does not fit, 50006, 40005. */
export function respond(
  world: World,
  interaction: Interaction,
  body: JsonObject,
  files: readonly SentFile[],
): void {
  const type = Number(body['type']);
  const data = objectAt(body, 'data') ?? {};
  if (!responsesTo(interaction).includes(type)) {
    throw invalid(
      'type',
      'BASE_TYPE_CHOICES',
      `Value must be one of {${responsesTo(interaction).join(', ')}}.`,
    );
  }
  checkSizes(world, files, interaction.uploadBytes);
  switch (type) {
    case MESSAGE:
      answer(world, interaction, data, files);
      break;
    case DEFERRED_MESSAGE:
      interaction.original = think(world, interaction, data);
      interaction.messages.push(interaction.original);
      break;
    case DEFERRED_UPDATE:
      interaction.original = interaction.source;
      break;
    case UPDATE: {
      const { source, channel } = interaction;
      if (!source) throw invalid('type', 'BASE_TYPE_CHOICES', 'There is no message to update');
      editMessage(world, channel, source, checkMessage(data, { flags: kept(source) }), files);
      interaction.original = source;
      break;
    }
    case AUTOCOMPLETE:
      checkChoices(data);
      break;
    case MODAL:
      checkModal(data);
      break;
    default:
  }
  interaction.response = { type, data, latencyMs: performance.now() - interaction.sentAt };
  world.changes.announce();
}

/** A message by the token: it takes the place of "is thinking" where that is still there. Throws as posting does. */
export function followUp(
  world: World,
  interaction: Interaction,
  body: JsonObject,
  files: readonly SentFile[],
): Message {
  checkSizes(world, files, interaction.uploadBytes);
  const { original } = interaction;
  if (original && (original.flags & MESSAGE_FLAGS.LOADING) !== 0 && original.deletedAt === undefined) {
    editMessage(world, interaction.channel, original, checkMessage(body, { flags: kept(original) }), files);
    return original;
  }
  const message = addAnswer(world, interaction, body, files);
  interaction.messages.push(message);
  return message;
}

/** The flags that no edit can remove. */
export function kept(message: Message): number {
  return message.flags & MESSAGE_FLAGS.COMPONENTS_V2;
}

function answer(world: World, interaction: Interaction, data: JsonObject, files: readonly SentFile[]): void {
  interaction.original = addAnswer(world, interaction, data, files);
  interaction.messages.push(interaction.original);
}

function addAnswer(
  world: World,
  interaction: Interaction,
  data: JsonObject,
  files: readonly SentFile[],
): Message {
  const draft = checkMessage(data, { ephemeralAllowed: true });
  const ephemeral = (draft.flags & MESSAGE_FLAGS.EPHEMERAL) !== 0;
  return addDraft(world, interaction.channel, draft, files, {
    ...authorship(interaction),
    onlyFor: ephemeral ? interaction.user.id : undefined,
    replyTo: undefined,
  });
}

/** "… is thinking": whether only one person sees it is settled for good. */
function think(world: World, interaction: Interaction, data: JsonObject): Message {
  const ephemeral = (Number(data['flags'] ?? 0) & MESSAGE_FLAGS.EPHEMERAL) !== 0;
  return addMessage(world, interaction.channel, {
    ...authorship(interaction),
    content: '',
    flags: MESSAGE_FLAGS.LOADING | (ephemeral ? MESSAGE_FLAGS.EPHEMERAL : 0),
    onlyFor: ephemeral ? interaction.user.id : undefined,
  });
}

function authorship(interaction: Interaction) {
  const { app, id, type, user, name } = interaction;
  const isCommand = type === INTERACTION_TYPES.COMMAND;
  return {
    author: app.user.id,
    applicationId: app.id,
    type: isCommand ? MESSAGE_TYPES.CHAT_INPUT_COMMAND : MESSAGE_TYPES.DEFAULT,
    interaction: { id, type, userId: user.id, name },
  };
}

function responsesTo({ type, source }: Interaction): readonly number[] {
  switch (type) {
    case INTERACTION_TYPES.AUTOCOMPLETE:
      return [AUTOCOMPLETE];
    case INTERACTION_TYPES.COMMAND:
      return [MESSAGE, DEFERRED_MESSAGE, MODAL];
    case INTERACTION_TYPES.COMPONENT:
      return [MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL];
    default:
      // Never a modal behind a modal; nothing to update where the modal came from a command.
      return source
        ? [MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE]
        : [MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE];
  }
}

function checkChoices(data: JsonObject): void {
  const complaints = new Complaints();
  const choices = objectsOf(data['choices']);
  if (choices.length > LIMITS.choices) complaints.length('data.choices', 0, LIMITS.choices);
  choices.forEach((choice, index) => {
    const type =
      isObject(choice) && typeof choice['value'] === 'number' ? OPTION_TYPES.NUMBER : OPTION_TYPES.STRING;
    checkChoice(choice, `data.choices.${index}`, type, complaints);
  });
  complaints.raise();
}
