import type { App, BlockAction, BlockElementAction } from '@slack/bolt';
import type { Logger } from 'pino';
import type { ChatUser, Inbound } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Wakeup } from '../../core/wakeup.ts';
import { Afterwards } from '../chat/afterwards.ts';
import type { SlackClients } from './clients.ts';
import { FIELD_ACTIONS } from './forms/field-elements.ts';
import { FORM_CALLBACK } from './forms/form-view.ts';
import { SlackForms } from './forms/slack-forms.ts';
import { HomePages, type HomeTimes } from './home/home-pages.ts';
import { homeChannel } from './home/home-view.ts';
import { noteView } from './note-view.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { InteractiveSession, Opening, SlackInteractive } from './slack-interactive.ts';

export interface InteractiveParts {
  readonly clients: Pick<SlackClients, 'interactive'>;
  /** Who somebody is, as `ChatPort.person`. */
  readonly person: (user: ChatUser) => Promise<ChatUser>;
  readonly responseUrls: ResponseUrls;
  /** What is shown on pages may have changed. */
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly homeTimes?: HomeTimes;
}

interface Parts {
  readonly forms: SlackForms;
  readonly pages: HomePages;
}

/** Modals and pages of one workspace. */
export class Interactive implements SlackInteractive {
  readonly #parts: InteractiveParts;
  readonly #afterwards: Afterwards;
  #open: Parts | undefined;

  constructor(parts: InteractiveParts) {
    this.#parts = parts;
    this.#afterwards = new Afterwards(parts.clock, parts.logger);
  }

  listen(app: App, session: InteractiveSession): void {
    const { homeTimes, ...parts } = this.#parts;
    const forms = new SlackForms({ ...parts, afterwards: this.#afterwards }, session);
    const pages = new HomePages({ ...parts, ...(homeTimes && { times: homeTimes }) }, session);
    this.#open = { forms, pages };
    const { around } = session;
    // Which forms somebody gets hangs on their user groups: known before the first of them asks.
    this.#afterwards.do('the user groups are not known yet', async () => {
      await parts.person(around.user(around.botUser));
    });
    app.view({ callback_id: FORM_CALLBACK, type: 'view_submission' }, async ({ body, ack }) => {
      if (body.type === 'view_submission') await ack(await forms.submit(body));
    });
    app.action<BlockAction<BlockElementAction>>(
      { type: 'block_actions', action_id: FIELD_ACTIONS.refresh },
      async ({ body, action, ack }) => {
        forms.refresh(body, action);
        await ack();
      },
    );
    app.options<'block_suggestion'>(
      { type: 'block_suggestion', action_id: FIELD_ACTIONS.search },
      async ({ body, ack }) => await ack(forms.choices(body)),
    );
    app.event('app_home_opened', async ({ event }) => {
      if (event.tab !== 'messages') pages.opened(event.user, event.channel, event.view);
    });
  }

  offer(event: Extract<Inbound, { kind: 'command' | 'click' }>, opening: Opening): boolean {
    return this.#open?.forms.offer(event, opening) ?? false;
  }

  tell(text: string, triggerId: string): void {
    const { clients } = this.#parts;
    this.#afterwards.do('nobody could be told what is wrong', async () => {
      await clients.interactive.views.open({ trigger_id: triggerId, view: noteView(text) });
    });
  }

  directChannel({ view }: Pick<BlockAction, 'view'>): string | undefined {
    return homeChannel(view);
  }

  async stop(): Promise<void> {
    await this.#open?.pages.stop();
    await this.#afterwards.stop();
  }
}
