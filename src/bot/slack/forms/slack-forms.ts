import type {
  BlockAction,
  BlockElementAction,
  BlockSuggestion,
  ViewOutput,
  ViewResponseAction,
  ViewSubmitAction,
} from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { Inbound } from '../../../core/ports/chat.ts';
import type { Form } from '../../../core/ports/chat-surfaces.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Afterwards } from '../../chat/afterwards.ts';
import { RecentKeys } from '../../chat/recent-keys.ts';
import { lateFormCard } from '../../thread-view/late-form-card.ts';
import { explain } from '../../wording/explain.ts';
import { FORM_TOO_OLD } from '../../wording/form-words.ts';
import { place } from '../inbound/place.ts';
import { answerPrivately, type PrivateAnswerParts } from '../private-answer.ts';
import type { ResponseUrls } from '../response-urls.ts';
import { slackCode } from '../slack-errors.ts';
import type { InteractiveSession, Opening } from '../slack-interactive.ts';
import { toOptions } from './field-elements.ts';
import { fieldOf, newBlockIds, nextBlockIds, readValues } from './field-ids.ts';
import { type FormOrigin, readOrigin, writeOrigin } from './form-origin.ts';
import { formView } from './form-view.ts';
import { ViewRefreshes } from './view-refreshes.ts';

/** Somebody, as payloads name them. */
interface Who {
  readonly id: string;
  readonly name?: string;
}

type Command = Extract<Inbound, { kind: 'command' | 'click' }>;

export interface SlackFormsParts extends PrivateAnswerParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly afterwards: Afterwards;
  readonly responseUrls: ResponseUrls;
}

/** Keys that are remembered of each kind: duplicates come within seconds. */
const MAXIMUM_KEYS = 1_000;

/**
 * Forms as modals. All that a modal is about travels in the modal: whatever becomes of the bot while somebody fills it
 * in, it goes on working.
 */
export class SlackForms {
  readonly #parts: SlackFormsParts;
  readonly #session: InteractiveSession;
  readonly #refreshes = new ViewRefreshes();
  readonly #triggers = new RecentKeys(MAXIMUM_KEYS);
  /** Views whose command is durable; after a restart the inbox knows them. */
  readonly #sent = new RecentKeys(MAXIMUM_KEYS);

  constructor(parts: SlackFormsParts, session: InteractiveSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** As `SlackInteractive.offer`. */
  offer(event: Command, opening: Opening): boolean {
    const { clock, logger, afterwards } = this.#parts;
    const { thread, message, channel } = event.where;
    const form = this.#formOf(event);
    if (form === undefined) return false;
    const metadata = writeOrigin({
      state: form.state,
      ...{ channel, openedAt: clock.now() },
      ...(thread !== undefined && { thread }),
      ...(message !== undefined && { message }),
      ...(opening.responseUrl !== undefined && { responseUrl: opening.responseUrl }),
    });
    if (metadata === undefined) {
      logger.error({ characters: form.state.length }, 'a form is about more than a modal can carry');
      return false;
    }
    // The same click delivered again: its modal is open already.
    if (!this.#triggers.add(opening.triggerId)) return true;
    const view = formView(form, { metadata, blockIds: newBlockIds('0') });
    const opened = this.#parts.clients.interactive.views.open({ trigger_id: opening.triggerId, view });
    afterwards.do('nobody could be told that a form did not open', async (ended) => {
      try {
        await opened;
      } catch (error) {
        logger.warn({ err: toCosmosError(error), slack: slackCode(error) }, 'a form could not be opened');
        const asker = { user: event.user.id, where: event.where, responseUrl: opening.responseUrl };
        await answerPrivately(this.#parts, asker, lateFormCard(event), ended);
      }
    });
    return true;
  }

  /** Another choice changes the fields: returns at once, the view changes when Slack has taken it. */
  refresh({ view, user }: BlockAction, action: BlockElementAction): void {
    const origin = view && readOrigin(view.private_metadata);
    if (view === undefined || origin === undefined) return;
    const { action_ts: at } = action;
    this.#parts.afterwards.do('a form could not be refreshed', async () => {
      await this.#refreshes.run(view.id, at, async () => await this.#update(view, origin, user, at));
    });
  }

  /** What a menu offers for what is typed. */
  choices({ view, block_id, value, user }: BlockSuggestion): { options: PlainTextOption[] } {
    const origin = view && readOrigin(view.private_metadata);
    const field = fieldOf(block_id);
    if (origin === undefined || field === undefined) return { options: [] };
    const { surfaces, around } = this.#session;
    const found = surfaces.forms.choices(origin.state, field, value, around.user(user.id, user.name));
    return { options: toOptions(found) };
  }

  /** Resolves with what the person sees: the modal goes once the command is durable, or says what is wrong. */
  async submit({ view, user }: ViewSubmitAction): Promise<ViewResponseAction> {
    const origin = readOrigin(view.private_metadata);
    if (origin === undefined) return this.#problems(view, origin, { '': FORM_TOO_OLD }, user);
    // One opened form is sent once: it goes when it was saved, whatever was delivered twice or changed meanwhile.
    if (this.#sent.has(view.id)) return { response_action: 'clear' };
    try {
      const result = this.#session.surfaces.forms.submit(origin.state, readValues(view.state));
      if (!result.ok) return this.#problems(view, origin, result.problems, user);
      await this.#send(view.id, origin, user, result.words);
      return { response_action: 'clear' };
    } catch (error) {
      const { sentence, nextStep } = explain(toCosmosError(error).toProblem());
      return this.#problems(view, origin, { '': `${sentence} ${nextStep}` }, user);
    }
  }

  async #send(view: string, origin: FormOrigin, user: Who, words: readonly string[]): Promise<void> {
    const { around, receive } = this.#session;
    const { channel, thread: threadTs, message: ts, openedAt, responseUrl } = origin;
    const dedupeKey = `form:${view}`;
    if (responseUrl !== undefined) this.#parts.responseUrls.remember(dedupeKey, responseUrl, openedAt);
    await receive({
      ...{ kind: 'form', dedupeKey, words },
      where: place(around, channel, { ts, threadTs }),
      user: around.user(user.id, user.name),
      at: around.now(),
    });
    this.#sent.add(view);
  }

  /** Broken infrastructure opens no form: the command is executed as it is, and answered. */
  #formOf(event: Command): Form | undefined {
    try {
      return this.#session.surfaces.forms.open(event);
    } catch (error) {
      this.#parts.logger.error({ err: toCosmosError(error) }, 'a form could not be made');
      return undefined;
    }
  }

  async #update(view: ViewOutput, origin: FormOrigin, user: Who, at: string): Promise<void> {
    const { interactive } = this.#parts.clients;
    const next = this.#again(view, origin, user, at);
    try {
      await interactive.views.update({ view_id: view.id, hash: view.hash, view: next });
    } catch (error) {
      // Somebody chose again before the first answer was shown; of this view's changes, the last one counts.
      if (slackCode(error) !== 'hash_conflict' || !this.#refreshes.isNewest(view.id, at)) throw error;
      await interactive.views.update({ view_id: view.id, view: next });
    }
  }

  /** The form as it is with what is filled in now. */
  #again(view: ViewOutput, origin: FormOrigin, user: Who, revision: string, notices: readonly string[] = []) {
    const { surfaces, around } = this.#session;
    const values = readValues(view.state);
    const form = surfaces.forms.refresh(origin.state, values, around.user(user.id, user.name));
    const metadata = writeOrigin({ ...origin, state: form.state }) ?? view.private_metadata;
    return formView(form, { metadata, blockIds: nextBlockIds(revision, view.state), notices });
  }

  /** Each at its field; what is about no field that is shown, at the first one, and above where there is none. */
  #problems(
    view: ViewOutput,
    origin: FormOrigin | undefined,
    problems: Readonly<Record<string, string>>,
    user: Who,
  ): ViewResponseAction {
    const blockIds = new Map<string, string>();
    for (const { type, block_id: id } of view.blocks) {
      const field = type === 'input' ? fieldOf(id) : undefined;
      if (field !== undefined && id !== undefined) blockIds.set(field, id);
    }
    const [first] = blockIds.values();
    if (first === undefined) {
      if (origin === undefined) return { response_action: 'clear' };
      const revision = String(this.#parts.clock.now());
      return {
        response_action: 'update',
        view: this.#again(view, origin, user, revision, Object.values(problems)),
      };
    }
    const errors: Record<string, string> = {};
    for (const [field, problem] of Object.entries(problems)) {
      const at = blockIds.get(field) ?? first;
      errors[at] = errors[at] === undefined ? problem : `${errors[at]} ${problem}`;
    }
    return { response_action: 'errors', errors };
  }
}
