import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIInteractionResponse,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
} from 'discord.js';
import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { Inbound, Receive } from '../../../core/ports/chat.ts';
import type { ChatForms } from '../../../core/ports/chat-surfaces.ts';
import { RecentKeys } from '../../chat/recent-keys.ts';
import { RECEIPT } from '../../wording/receipt-words.ts';
import { ephemeral, wordsOf, wordsOfProblem } from '../ephemeral.ts';
import type { DiscordForms } from '../forms/discord-forms.ts';
import type { FirstResponses } from './first-response.ts';
import { askerOf, fromClick, fromSlash, fromUse } from './from-interaction.ts';
import type { InteractionAnswers } from './interaction-answers.ts';
import { type Surroundings, timeOf } from './place.ts';
import { suggestions } from './suggestions.ts';

/** Interactions that are remembered: duplicates come within seconds. */
const MAXIMUM_KEYS = 1_000;

export interface InteractionsParts {
  readonly receive: Receive;
  readonly around: Surroundings;
  readonly choices: Pick<ChatForms, 'suggest'>;
  readonly forms: DiscordForms;
  readonly responses: FirstResponses;
  readonly answers: InteractionAnswers;
  readonly logger: Logger;
}

const UPDATED: APIInteractionResponse = { type: InteractionResponseType.DeferredMessageUpdate };

/**
 * Commands, clicks, forms and completions. Each is answered as soon as it is durable: with a receipt that only whoever
 * asked sees, with the form that it lacks something for, or that it was not saved. Nothing later hangs on the answer.
 */
export class Interactions {
  readonly #parts: InteractionsParts;
  readonly #seen = new RecentKeys(MAXIMUM_KEYS);

  constructor(parts: InteractionsParts) {
    this.#parts = parts;
  }

  /** Resolves when it is answered; never throws. */
  async handle(interaction: APIInteraction): Promise<void> {
    if (!this.#seen.add(interaction.id)) return;
    try {
      switch (interaction.type) {
        case InteractionType.ApplicationCommand:
          return await this.#command(interaction);
        case InteractionType.ApplicationCommandAutocomplete:
          return await this.#complete(interaction);
        case InteractionType.MessageComponent:
          return await this.#component(interaction);
        case InteractionType.ModalSubmit:
          return await this.#submit(interaction);
        default:
      }
    } catch (error) {
      this.#parts.logger.error(
        { err: toCosmosError(error), interaction: interaction.id },
        'an interaction failed',
      );
      await this.#say(interaction, wordsOf(error));
    }
  }

  async #command(interaction: APIApplicationCommandInteraction): Promise<void> {
    if (interaction.data.type === ApplicationCommandType.ChatInput)
      return await this.#slash({ ...interaction, data: interaction.data });
    if (interaction.data.type === ApplicationCommandType.Message)
      return await this.#use({ ...interaction, data: interaction.data });
    return undefined;
  }

  async #slash(interaction: APIChatInputApplicationCommandInteraction): Promise<void> {
    const { around, forms, responses } = this.#parts;
    const event = fromSlash(interaction, around);
    const modal = isFormWanted(event, around) ? forms.open(event, interaction.id) : undefined;
    if (modal === undefined) await this.#take(interaction, event);
    else await responses.send(interaction, modal);
  }

  async #use(interaction: APIMessageApplicationCommandInteraction): Promise<void> {
    const event = fromUse(interaction, this.#parts.around);
    // What nothing can be made of is told to whoever picked it, and to nobody else.
    if (event === undefined)
      await this.#say(interaction, wordsOfProblem({ code: 'input.no_files', parameters: {} }));
    else await this.#take(interaction, event);
  }

  async #component(interaction: APIMessageComponentInteraction): Promise<void> {
    const { around, forms, responses } = this.#parts;
    if (interaction.data.component_type !== ComponentType.Button) {
      await responses.send(interaction, UPDATED);
      return;
    }
    const again = forms.again(interaction);
    const event = again === undefined ? fromClick(interaction, around) : undefined;
    const modal = again ?? (event && forms.open(event, interaction.id));
    if (modal !== undefined) await responses.send(interaction, modal);
    else if (event !== undefined) await this.#take(interaction, event, UPDATED);
    // A button of another version of the bot: without an answer it would be said to have failed.
    else await responses.send(interaction, UPDATED);
  }

  async #submit(interaction: APIModalSubmitInteraction): Promise<void> {
    const { forms, responses } = this.#parts;
    const sent = forms.submit(interaction);
    if (sent === undefined) return;
    if ('event' in sent) await this.#take(interaction, sent.event);
    else await responses.send(interaction, sent.response);
  }

  async #complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const { around, choices, responses } = this.#parts;
    const { user, where } = askerOf(interaction, around);
    await responses.send(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: suggestions(interaction, (typing) => choices.suggest({ ...typing, user, where })) },
    });
  }

  /** Makes it durable, and only then answers. */
  async #take(interaction: APIInteraction, event: Inbound, done = receipt()): Promise<void> {
    const { receive, answers, responses } = this.#parts;
    const responded = Promise.withResolvers<boolean>();
    answers.remember(event.dedupeKey, {
      ...{ application: interaction.application_id, token: interaction.token },
      ...{ responded: responded.promise, hasReceipt: done !== UPDATED, at: timeOf(interaction.id) },
    });
    try {
      await receive(event);
    } catch (error) {
      responded.resolve(false);
      // Discord does not send it again, so whoever did it has to.
      return await this.#say(interaction, wordsOf(error));
    }
    responded.resolve(await responses.send(interaction, done));
    return undefined;
  }

  async #say(interaction: APIInteraction, text: string): Promise<void> {
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) return;
    await this.#parts.responses.send(interaction, {
      type: InteractionResponseType.ChannelMessageWithSource,
      data: ephemeral(text),
    });
  }
}

function receipt(): APIInteractionResponse {
  return { type: InteractionResponseType.ChannelMessageWithSource, data: ephemeral(RECEIPT) };
}

/**
 * A command with options is for what its thread is about, also where it names no prompt; without any, it is the form
 * that is wanted.
 */
function isFormWanted(
  event: ReturnType<typeof fromSlash>,
  { ownsThread }: Surroundings,
): event is Extract<Inbound, { kind: 'form' }> {
  if (event.kind !== 'form') return false;
  return event.words.length <= 1 || event.where.thread === undefined || !ownsThread(event.where);
}
