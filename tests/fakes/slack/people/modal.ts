import { checkView } from '../block-check.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { newView, putOnTop, setContent } from '../views.ts';
import { type Asked, ask, installationOf, payloadBase } from './asking.ts';
import { type Entered, isEmpty } from './choosing.ts';
import { ViewSurface } from './view-surface.ts';

/** What a person sees after pressing a modal's submit button. */
export type Submitted =
  | { readonly outcome: 'closed' | 'updated' | 'pushed' | 'cleared'; readonly latencyMs: number | undefined }
  /** The bot's complaints, by block id. */
  | { readonly outcome: 'errors'; readonly errors: JsonObject; readonly latencyMs: number | undefined }
  /** Their client did not send it: these required inputs (block ids) are empty. */
  | { readonly outcome: 'incomplete'; readonly missing: readonly string[] }
  /** "We had some trouble connecting": the modal stays. */
  | {
      readonly outcome: 'failed';
      readonly why: Exclude<Asked['outcome'], 'acked'> | 'invalid_response';
      readonly reason?: string;
    };

/** An open modal. */
export class Modal extends ViewSurface {
  /** True as long as it is the top one. */
  get isOpen(): boolean {
    return this.actor.workspace.modals.get(this.actor.user.id)?.at(-1) === this.view.id;
  }

  /** Fills in these inputs and submits. */
  async submit(values: Readonly<Record<string, Entered>> = {}): Promise<Submitted> {
    for (const [name, entered] of Object.entries(values)) await this.fill(name, entered);
    const missing = this.#missing();
    if (missing.length > 0) return { outcome: 'incomplete', missing };
    const { world, workspace, user } = this.actor;
    const installation = installationOf(this.actor, this.view.appId);
    const answer = await ask(world, installation.app, 'interactive', {
      type: 'view_submission',
      ...payloadBase(this.actor, installation.app),
      trigger_id: world.interactions.trigger(installation.app, workspace, user.id, this.view.id),
      view: this.shown(),
      response_urls: [],
    });
    if (answer.outcome !== 'acked') return { outcome: 'failed', why: answer.outcome };
    try {
      return this.#react(answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = JSON.stringify({ error: error.code, ...error.details });
      return { outcome: 'failed', why: 'invalid_response', reason };
    } finally {
      world.changes.announce();
    }
  }

  /** Closes it; the bot hears of that if it wanted to. */
  async cancel(): Promise<void> {
    this.#remove();
    this.actor.world.changes.announce();
    if (this.view.content['notify_on_close'] !== true) return;
    const installation = installationOf(this.actor, this.view.appId);
    await ask(this.actor.world, installation.app, 'interactive', {
      type: 'view_closed',
      ...payloadBase(this.actor, installation.app),
      view: this.shown(),
      is_cleared: false,
    });
  }

  #react({ payload, latencyMs }: Asked): Submitted {
    const { workspace, user } = this.actor;
    const action = stringAt(payload, 'response_action');
    switch (action) {
      case undefined:
        this.#remove();
        return { outcome: 'closed', latencyMs };
      case 'clear':
        this.#clear();
        return { outcome: 'cleared', latencyMs };
      case 'errors':
        return { outcome: 'errors', errors: this.#errors(payload), latencyMs };
      case 'update':
        setContent(this.view, checkView(payload['view'], 'modal'));
        return { outcome: 'updated', latencyMs };
      case 'push': {
        const content = checkView(payload['view'], 'modal');
        if ((workspace.modals.get(user.id) ?? []).length >= LIMITS.viewStack)
          throw new Refusal('push_limit_reached');
        const options = { appId: this.view.appId, user: user.id, type: 'modal', content } as const;
        putOnTop(workspace, newView(workspace, { ...options, previousId: this.view.id }));
        return { outcome: 'pushed', latencyMs };
      }
      default:
        throw new Refusal('invalid_response_action', { response_action: action });
    }
  }

  /** Complaints must be about inputs that are there. */
  #errors(payload: JsonObject): JsonObject {
    const errors = payload['errors'];
    if (!isObject(errors) || Object.keys(errors).length === 0) throw new Refusal('invalid_errors');
    const inputs = this.blocks.filter((each) => each['type'] === 'input').map((each) => each['block_id']);
    const unknown = Object.keys(errors).filter((id) => !inputs.includes(id));
    if (unknown.length > 0) throw new Refusal('invalid_errors', { unknown });
    return errors;
  }

  #missing(): readonly string[] {
    return this.blocks
      .filter((each) => each['type'] === 'input' && each['optional'] !== true)
      .flatMap((each) => {
        const blockId = stringAt(each, 'block_id') ?? '';
        const actionId = stringAt(objectAt(each, 'element'), 'action_id') ?? '';
        return isEmpty(this.view.values.get(blockId)?.get(actionId)) ? [blockId] : [];
      });
  }

  #remove(): void {
    if (this.view.content['clear_on_close'] === true) {
      this.#clear();
      return;
    }
    const { workspace, user } = this.actor;
    const stack = workspace.modals.get(user.id) ?? [];
    workspace.modals.set(
      user.id,
      stack.filter((id) => id !== this.view.id),
    );
    workspace.views.delete(this.view.id);
  }

  #clear(): void {
    const { workspace, user } = this.actor;
    for (const id of workspace.modals.get(user.id) ?? []) workspace.views.delete(id);
    workspace.modals.set(user.id, []);
  }
}
