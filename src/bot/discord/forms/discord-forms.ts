import {
  type APIInteractionResponse,
  type APIMessageComponentInteraction,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmitInteraction,
  ButtonStyle,
  ComponentType,
  InteractionResponseType,
} from 'discord.js';
import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { ChatUser, Inbound } from '../../../core/ports/chat.ts';
import type { ChatForms, Form, FormValues } from '../../../core/ports/chat-surfaces.ts';
import { FORM_AGAIN, FORM_FORGOTTEN, FORM_PROBLEMS } from '../../wording/receipt-words.ts';
import { ephemeral, wordsOf } from '../ephemeral.ts';
import { askerOf, publicMessage } from '../inbound/from-interaction.ts';
import type { Surroundings } from '../inbound/place.ts';
import { toModal } from './modal.ts';
import { type ModalState, nameOf, openerOf, readState, writeIds } from './modal-state.ts';
import { hiddenValues, shownFields } from './shown-fields.ts';

type Command = Extract<Inbound, { kind: 'form' | 'click' }>;

export interface DiscordFormsParts {
  readonly forms: ChatForms;
  readonly around: Surroundings;
  readonly logger: Logger;
}

/** What somebody has sent: the words to execute, or what they see instead. */
export type Sent =
  | { readonly event: Extract<Inbound, { kind: 'form' }> }
  | { readonly response: APIInteractionResponse };

interface Draft {
  readonly state: string;
  readonly values: FormValues;
}

/** Forms that are remembered: what a modal cannot carry, and what was filled in wrongly. */
const MAXIMUM_REMEMBERED = 1_000;
const AGAIN = 'cosmos-again|';

/** Forms as modals, which are the first response to what somebody did: Discord takes none later. */
export class DiscordForms {
  readonly #parts: DiscordFormsParts;
  readonly #large = new Map<string, ModalState>();
  readonly #drafts = new Map<string, Draft>();

  constructor(parts: DiscordFormsParts) {
    this.#parts = parts;
  }

  /** The modal in place of which an event would be executed; undefined where it is executed, or refused, as it is. */
  open(event: Command, opener: string): APIInteractionResponse | undefined {
    try {
      const form = this.#parts.forms.open(event);
      // Discord takes no modal that asks nothing.
      if (form === undefined || shownFields(form).length === 0) return undefined;
      return modalResponse(this.#modal(form, opener, event.user));
    } catch (error) {
      // The command is executed as it is, and answered.
      this.#parts.logger.error({ err: toCosmosError(error) }, 'a form could not be made');
      return undefined;
    }
  }

  /** What a click on "Change it" opens: the form with what was filled in; undefined for every other button. */
  again(interaction: APIMessageComponentInteraction): APIInteractionResponse | undefined {
    const { custom_id: customId } = interaction.data;
    if (!customId.startsWith(AGAIN)) return undefined;
    const draft = this.#drafts.get(customId.slice(AGAIN.length));
    if (draft === undefined) return whisper(FORM_FORGOTTEN);
    try {
      const { user } = askerOf(interaction, this.#parts.around);
      const form = this.#parts.forms.refresh(draft.state, draft.values, user);
      return shownFields(form).length === 0
        ? whisper(FORM_FORGOTTEN)
        : modalResponse(this.#modal(form, interaction.id, user));
    } catch (error) {
      return whisper(wordsOf(error));
    }
  }

  /** What was filled in; undefined for modals that are not ours. */
  submit(interaction: APIModalSubmitInteraction): Sent | undefined {
    const { custom_id: modal } = interaction.data;
    const opener = openerOf(modal);
    if (opener === undefined) return undefined;
    const entered = enteredFields(interaction);
    const about = readState({ modal, fields: entered.map(({ id }) => id) }) ?? this.#large.get(opener);
    if (about === undefined) return { response: whisper(FORM_FORGOTTEN) };
    const values: FormValues = {
      ...about.hidden,
      ...Object.fromEntries(
        entered.flatMap(({ id, value }) => (value === '' ? [] : [[nameOf(id), value] as const])),
      ),
    };
    try {
      const result = this.#parts.forms.submit(about.state, values);
      if (!result.ok) {
        return { response: this.#problems(interaction, { state: about.state, values }, result.problems) };
      }
      const { around } = this.#parts;
      return {
        event: {
          kind: 'form',
          // One opened form is sent once, however often somebody presses the button.
          dedupeKey: `form:${opener}`,
          ...askerOf(interaction, around, publicMessage(interaction)),
          words: result.words,
        },
      };
    } catch (error) {
      return { response: whisper(wordsOf(error)) };
    }
  }

  #modal(form: Form, opener: string, user: ChatUser): APIModalInteractionResponseCallbackData {
    const { forms } = this.#parts;
    const fields = shownFields(form);
    const about = {
      state: form.state,
      hidden: hiddenValues(form, fields, forms.refresh(form.state, {}, user)),
    };
    const ids = writeIds(
      opener,
      fields.map(({ name }) => name),
      about,
    );
    if (readState(ids) === undefined) remember(this.#large, opener, about);
    return toModal(form, fields, ids, (field) => forms.choices(form.state, field, '', user));
  }

  /** A modal takes no second look: what is wrong stands beside a button that opens it again. */
  #problems(
    { id }: APIModalSubmitInteraction,
    draft: Draft,
    problems: Readonly<Record<string, string>>,
  ): APIInteractionResponse {
    remember(this.#drafts, id, draft);
    return {
      type: InteractionResponseType.ChannelMessageWithSource,
      data: {
        ...ephemeral(FORM_PROBLEMS, [...new Set(Object.values(problems))]),
        components: [
          {
            type: ComponentType.ActionRow,
            components: [
              {
                type: ComponentType.Button,
                style: ButtonStyle.Primary,
                label: FORM_AGAIN,
                custom_id: `${AGAIN}${id}`,
              },
            ],
          },
        ],
      },
    };
  }
}

function enteredFields({
  data,
}: APIModalSubmitInteraction): { readonly id: string; readonly value: string }[] {
  return data.components.flatMap((row) => {
    if (row.type !== ComponentType.Label) return [];
    const { component } = row;
    if (component.type === ComponentType.TextInput)
      return [{ id: component.custom_id, value: component.value }];
    if (component.type === ComponentType.StringSelect)
      return [{ id: component.custom_id, value: component.values[0] ?? '' }];
    if (component.type === ComponentType.Checkbox)
      return [{ id: component.custom_id, value: String(component.value) }];
    return [];
  });
}

function modalResponse(data: APIModalInteractionResponseCallbackData): APIInteractionResponse {
  return { type: InteractionResponseType.Modal, data };
}

function whisper(text: string): APIInteractionResponse {
  return { type: InteractionResponseType.ChannelMessageWithSource, data: ephemeral(text) };
}

function remember<T>(remembered: Map<string, T>, key: string, value: T): void {
  remembered.set(key, value);
  const [oldest] = remembered.keys();
  if (remembered.size > MAXIMUM_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}
