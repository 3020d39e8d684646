import { type JsonObject, objectAt, objectsOf, stringAt } from '../../slack/json.ts';
import type { Interaction } from '../interactions.ts';
import type { Attachment } from '../model.ts';
import { COMPONENTS, INTERACTION_TYPES } from '../numbers.ts';
import { attachmentView, messageView } from '../views/message-view.ts';
import { type Actor, type Asked, ask } from './asking.ts';
import { type LocalFile, upload } from './local-files.ts';

/** What somebody enters into an input: text, options (by label or value), a tick, or files. */
export type Entered = string | boolean | readonly string[] | readonly LocalFile[];

/** One input of a modal. */
export interface SeenInput {
  readonly type: number;
  readonly label: string;
  readonly description: string;
  readonly customId: string;
  readonly required: boolean;
  /** With what it is filled when it opens. */
  readonly value: string;
  readonly component: JsonObject;
}

/** A modal in front of somebody. */
export class Modal {
  readonly #actor: Actor;
  /** The interaction that it answers. */
  readonly interaction: Interaction;
  isOpen = true;

  constructor(actor: Actor, interaction: Interaction) {
    this.#actor = actor;
    this.interaction = interaction;
  }

  get title(): string {
    return stringAt(this.#data, 'title') ?? '';
  }

  get customId(): string {
    return stringAt(this.#data, 'custom_id') ?? '';
  }

  /** What it says besides its inputs. */
  get texts(): readonly string[] {
    return this.#parts
      .filter((each) => each['type'] === COMPONENTS.TEXT_DISPLAY)
      .map((each) => stringAt(each, 'content') ?? '');
  }

  get inputs(): readonly SeenInput[] {
    return this.#parts.flatMap((part) => {
      const component = objectAt(part, 'component') ?? objectsOf(part['components'])[0];
      if (!component) return [];
      return {
        type: Number(component['type']),
        label: stringAt(part, 'label') ?? stringAt(component, 'label') ?? '',
        description: stringAt(part, 'description') ?? '',
        customId: stringAt(component, 'custom_id') ?? '',
        required: component['required'] !== false,
        value: stringAt(component, 'value') ?? '',
        component,
      };
    });
  }

  /** The input with this label or `custom_id`. Throws where there is none. */
  input(name: string): SeenInput {
    const found = this.inputs.find((each) => each.label === name || each.customId === name);
    if (!found) {
      throw new Error(`the modal has no ${name}, but ${this.inputs.map((each) => each.label).join(', ')}`);
    }
    return found;
  }

  /**
   * Fills in these inputs, by label or `custom_id`, and submits; the others stay as they were offered.
   * Throws where the client would not send it. It stays open when nobody answers.
   */
  async submit(values: Readonly<Record<string, Entered>> = {}): Promise<Asked> {
    if (!this.isOpen) throw new Error('the modal is closed');
    const entered = new Map(
      Object.entries(values).map(([name, value]) => [this.input(name).customId, value]),
    );
    const { world } = this.#actor;
    const { app, channel, source } = this.interaction;
    const files: Attachment[] = [];
    const components = [];
    for (const part of this.#parts) components.push(await this.#submitted(part, entered, files));
    const asked = await ask(this.#actor, {
      type: INTERACTION_TYPES.MODAL_SUBMIT,
      app,
      channel,
      name: this.customId,
      source,
      data: {
        custom_id: this.customId,
        components,
        ...(files.length > 0
          ? {
              resolved: {
                attachments: Object.fromEntries(files.map((each) => [each.id, attachmentView(world, each)])),
              },
            }
          : {}),
      },
      more: source ? { message: messageView(world, source, app.user.id) } : {},
    });
    if (asked.outcome !== 'timed_out') this.isOpen = false;
    return asked;
  }

  /** Closes it; the bot never hears of that. */
  cancel(): void {
    this.isOpen = false;
  }

  get #data(): JsonObject {
    return this.interaction.response?.data ?? {};
  }

  get #parts(): readonly JsonObject[] {
    return objectsOf(this.#data['components']);
  }

  async #submitted(
    part: JsonObject,
    entered: ReadonlyMap<string, Entered>,
    files: Attachment[],
  ): Promise<JsonObject> {
    const type = part['type'];
    const id = Number(part['id'] ?? 0);
    if (type === COMPONENTS.TEXT_DISPLAY) return { type, id };
    const component = objectAt(part, 'component') ?? objectsOf(part['components'])[0] ?? {};
    const value = entered.get(stringAt(component, 'custom_id') ?? '');
    const filled = {
      type: component['type'],
      id: Number(component['id'] ?? 0),
      custom_id: component['custom_id'],
      ...(await this.#value(component, value, files)),
    };
    return type === COMPONENTS.ROW ? { type, id, components: [filled] } : { type, id, component: filled };
  }

  async #value(component: JsonObject, value: Entered | undefined, files: Attachment[]): Promise<JsonObject> {
    const required = component['required'] !== false;
    const name = stringAt(component, 'custom_id') ?? '';
    const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
    switch (component['type']) {
      case COMPONENTS.TEXT_INPUT: {
        const text = String(value ?? component['value'] ?? '');
        const most = Number(component['max_length'] ?? 4_000);
        if (text === '' && required) throw new Error(`${name} is required`);
        if (text.length > most) throw new Error(`${name} takes ${most} characters`);
        return { value: text };
      }
      case COMPONENTS.CHECKBOX:
        return { value: value === true || (value === undefined && component['default'] === true) };
      case COMPONENTS.FILE_UPLOAD: {
        if (list.length === 0 && required) throw new Error(`${name} is required`);
        const uploaded = [];
        for (const each of list) {
          uploaded.push(await upload(this.#actor, this.interaction.channel, each, true));
        }
        files.push(...uploaded);
        return { values: uploaded.map((each) => each.id) };
      }
      default: {
        const picked =
          value === undefined ? offered(component) : list.map((each) => pick(component, String(each)));
        if (picked.length === 0 && required) throw new Error(`${name} is required`);
        return component['type'] === COMPONENTS.RADIO_GROUP
          ? { value: picked[0] ?? null }
          : { values: picked };
      }
    }
  }
}

/** The options that are chosen from the start. */
function offered(component: JsonObject): readonly string[] {
  return objectsOf(component['options'])
    .filter((each) => each['default'] === true)
    .map((each) => String(each['value']));
}

/** The value of an option; an id where there are no options. */
export function pick(component: JsonObject, name: string): string {
  const options = objectsOf(component['options']);
  if (options.length === 0) return name;
  const found = options.find((each) => each['label'] === name || each['value'] === name);
  if (!found) throw new Error(`there is no option ${name}`);
  return String(found['value']);
}
