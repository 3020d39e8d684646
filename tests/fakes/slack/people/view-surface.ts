import { type JsonObject, objectAt, objectsOf, stringAt } from '../json.ts';
import type { View } from '../model.ts';
import { stateValues, viewView } from '../views.ts';
import { type Actor, type Asked, actionTime, ask, installationOf, payloadBase } from './asking.ts';
import { type Entered, enteredState, optionsOf } from './choosing.ts';
import { controlsOf, type SeenControl, wordsOf } from './seen.ts';

export interface Suggestion {
  readonly text: string;
  readonly value: string;
}

/** A modal or Home tab in front of somebody; it always shows the present state of the view. */
export class ViewSurface {
  protected readonly actor: Actor;
  protected readonly view: View;
  /** Options that the bot has offered, by action id. */
  readonly #offered = new Map<string, readonly JsonObject[]>();

  constructor(actor: Actor, view: View) {
    this.actor = actor;
    this.view = view;
  }

  get id(): string {
    return this.view.id;
  }

  get title(): string {
    return stringAt(objectAt(this.view.content, 'title'), 'text') ?? '';
  }

  get callbackId(): string {
    return stringAt(this.view.content, 'callback_id') ?? '';
  }

  get privateMetadata(): string {
    return stringAt(this.view.content, 'private_metadata') ?? '';
  }

  get blocks(): readonly JsonObject[] {
    return objectsOf(this.view.content['blocks']);
  }

  /** All that can be read. */
  get words(): string {
    return wordsOf(this.blocks);
  }

  get controls(): readonly SeenControl[] {
    return controlsOf(this.blocks);
  }

  /** What is filled in, by block id and action id. */
  get values(): JsonObject {
    return stateValues(this.view);
  }

  /** Options that are shown in a menu, the bot's suggestions included. */
  options(name: string): readonly Suggestion[] {
    return this.#optionsOf(this.control(name)).map((each) => ({
      text: stringAt(objectAt(each, 'text'), 'text') ?? '',
      value: stringAt(each, 'value') ?? '',
    }));
  }

  /** Presses a button, by its text or action id. */
  async press(name: string): Promise<Asked> {
    const control = this.control(name);
    if (control.type !== 'button') throw new Error(`${name} is a ${control.type}`);
    const { text, value } = control.element;
    return await this.#act(control, { type: 'button', text, ...(value === undefined ? {} : { value }) });
  }

  /**
   * Fills in an input, by its label, block id or action id. Where the bot wants to know of each change it is told,
   * and the promise resolves with its answer.
   */
  async fill(name: string, entered: Entered): Promise<Asked | undefined> {
    const control = this.control(name);
    const state = enteredState(control, entered, this.#optionsOf(control));
    const ofBlock = this.view.values.get(control.blockId) ?? new Map<string, JsonObject>();
    this.view.values.set(control.blockId, ofBlock.set(control.actionId, state));
    const block = this.blocks.find((each) => each['block_id'] === control.blockId);
    const tells = block?.['type'] !== 'input' || block['dispatch_action'] === true;
    return tells ? await this.#act(control, state) : undefined;
  }

  /** Types into a menu with suggestions and resolves with what it offers; nothing where the bot did not answer. */
  async type(name: string, query: string): Promise<readonly Suggestion[]> {
    const control = this.control(name);
    if (!control.type.includes('external_select')) throw new Error(`${name} has no suggestions`);
    const least = control.element['min_query_length'] ?? 3;
    if (typeof least === 'number' && query.length < least) return [];
    const installation = installationOf(this.actor, this.view.appId);
    const answer = await ask(this.actor.world, installation.app, 'options', {
      type: 'block_suggestion',
      ...payloadBase(this.actor, installation.app),
      container: { type: 'view', view_id: this.view.id },
      action_id: control.actionId,
      block_id: control.blockId,
      value: query,
      view: this.shown(),
    });
    this.#offered.set(control.actionId, optionsOf(answer.payload));
    return this.options(name);
  }

  /** The view as payloads carry it. */
  protected shown(): JsonObject {
    const installation = installationOf(this.actor, this.view.appId);
    return viewView({ workspace: this.actor.workspace, app: installation.app, installation }, this.view);
  }

  protected control(name: string): SeenControl {
    const found = this.controls.find((each) => {
      const block = this.blocks.find((one) => one['block_id'] === each.blockId);
      const label = stringAt(objectAt(block, 'label'), 'text');
      return [each.actionId, each.text, each.blockId, label].includes(name);
    });
    if (!found) throw new Error(`there is no ${name} in "${this.title}", but ${this.#names()}`);
    return found;
  }

  #names(): string {
    return this.controls.map((each) => each.actionId).join(', ');
  }

  #optionsOf(control: SeenControl): readonly JsonObject[] {
    return [...optionsOf(control.element), ...(this.#offered.get(control.actionId) ?? [])];
  }

  async #act(control: SeenControl, state: JsonObject): Promise<Asked> {
    const { world, workspace, user } = this.actor;
    const installation = installationOf(this.actor, this.view.appId);
    return await ask(world, installation.app, 'interactive', {
      type: 'block_actions',
      ...payloadBase(this.actor, installation.app),
      container: { type: 'view', view_id: this.view.id },
      trigger_id: world.interactions.trigger(installation.app, workspace, user.id, this.view.id),
      view: this.shown(),
      actions: [
        { ...state, action_id: control.actionId, block_id: control.blockId, action_ts: actionTime(world) },
      ],
    });
  }
}
