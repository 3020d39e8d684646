import type { ViewOutput, ViewSubmitAction } from '@slack/bolt';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Afterwards } from '../../../../src/bot/chat/afterwards.ts';
import { createClients } from '../../../../src/bot/slack/clients.ts';
import { newBlockIds } from '../../../../src/bot/slack/forms/field-ids.ts';
import { writeOrigin } from '../../../../src/bot/slack/forms/form-origin.ts';
import { SlackForms } from '../../../../src/bot/slack/forms/slack-forms.ts';
import { SLACK } from '../../../../src/bot/slack/platform.ts';
import { ResponseUrls } from '../../../../src/bot/slack/response-urls.ts';
import { FORM_TOO_OLD } from '../../../../src/bot/wording/form-words.ts';
import { CosmosError } from '../../../../src/core/errors.ts';
import type { Inbound, Receive } from '../../../../src/core/ports/chat.ts';
import type { ChatForms, FormResult } from '../../../../src/core/ports/chat-surfaces.ts';
import { Secret } from '../../../../src/core/ports/secret.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { FakeRandom } from '../../../fakes/fake-random.ts';
import { NO_SURFACES } from '../../../fakes/no-surfaces.ts';
import { checkView } from '../../../fakes/slack/block-check.ts';

const ORIGIN = { state: 'state', channel: 'C01234567', thread: '1700000000.000001', openedAt: 0 };

/** The modals of a workspace that is never called: what it says to what is sent. */
function desk(result: FormResult | CosmosError) {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const received: Inbound[] = [];
  const receive: Receive = async (event) => {
    received.push(event);
  };
  const forms: ChatForms = {
    ...NO_SURFACES.forms,
    submit: () => {
      if (result instanceof CosmosError) throw result;
      return result;
    },
  };
  const clients = createClients({
    ...{ logger, token: new Secret('xoxb-1'), apiUrl: 'http://127.0.0.1:1/api/', times: { callMs: 1_000 } },
    closed: AbortSignal.abort(),
  });
  const parts = { clients, clock, logger, random: new FakeRandom(), responseUrls: new ResponseUrls(clock) };
  const around = {
    ...{ platform: SLACK, tenant: 'T1', botUser: 'UBOT', channels: [], ownsThread: () => false },
    user: (id: string, name = id) => ({ id, name, groups: [] }),
    now: () => clock.now(),
  };
  const surfaces = { ...NO_SURFACES, forms };
  const afterwards = new Afterwards(clock, logger);
  return { received, forms: new SlackForms({ ...parts, afterwards }, { receive, surfaces, around }) };
}

/** Somebody sends a modal with these fields. */
function sent(fields: readonly string[], metadata = writeOrigin(ORIGIN) ?? ''): ViewSubmitAction {
  const title = { type: 'plain_text', text: 'Run' } as const;
  const view: ViewOutput = {
    ...{ id: 'V1', hash: 'h', type: 'modal', callback_id: 'cosmos.form', private_metadata: metadata },
    ...{ team_id: 'T1', app_id: 'A1', bot_id: 'B1', title, close: null, submit: title },
    ...{ root_view_id: 'V1', previous_view_id: null, clear_on_close: false, notify_on_close: false },
    blocks: fields.map((name) => ({ type: 'input', block_id: idOf(name) })),
    state: {
      values: Object.fromEntries(
        fields.map((name) => [idOf(name), { 'cosmos.value': { type: 'plain_text_input', value: 'x' } }]),
      ),
    },
  };
  return {
    ...{ type: 'view_submission', api_app_id: 'A1', token: 't', trigger_id: '1', view },
    ...{ team: { id: 'T1', domain: 'studio' }, user: { id: 'U1', name: 'anna' } },
  };
}

function idOf(name: string): string {
  return newBlockIds('0')(name, 'ab', undefined);
}

describe('a form that is sent', () => {
  it('is received as a command in the place where it was opened, once', async () => {
    const { forms, received } = desk({ ok: true, words: ['queue'] });
    expect(await forms.submit(sent(['edge']))).toEqual({ response_action: 'clear' });
    expect(await forms.submit(sent(['edge']))).toEqual({ response_action: 'clear' });
    expect(received).toMatchObject([
      {
        ...{ kind: 'form', words: ['queue'], dedupeKey: 'form:V1', user: { id: 'U1', name: 'anna' } },
        where: { platform: SLACK, tenant: 'T1', channel: 'C01234567', thread: '1700000000.000001' },
      },
    ]);
  });

  it('has what is wrong at its fields, and at the first one what is about none of them', async () => {
    const problems = { vis: 'too much', hidden: 'too little', '': 'busy' };
    const { forms, received } = desk({ ok: false, problems });
    expect(await forms.submit(sent(['edge', 'vis']))).toEqual({
      response_action: 'errors',
      errors: { [idOf('edge')]: 'too little busy', [idOf('vis')]: 'too much' },
    });
    expect(received).toEqual([]);
  });

  it('without fields says above what is wrong', async () => {
    const { forms } = desk({ ok: false, problems: { '': 'nothing fits' } });
    const answer = await forms.submit(sent([]));
    if (answer.response_action !== 'update') throw new Error(answer.response_action);
    expect(JSON.stringify(checkView(structuredClone(answer.view), 'modal'))).toContain('nothing fits');
  });

  it('says what broke, and can be sent again', async () => {
    const { forms, received } = desk(new CosmosError('store.disk_full'));
    expect(await forms.submit(sent(['edge']))).toMatchObject({
      response_action: 'errors',
      errors: { [idOf('edge')]: expect.stringContaining('disk') },
    });
    expect(received).toEqual([]);
  });

  it('of another version of the bot says so', async () => {
    const { forms } = desk({ ok: true, words: ['queue'] });
    expect(await forms.submit(sent(['edge'], 'something else'))).toEqual({
      response_action: 'errors',
      errors: { [idOf('edge')]: FORM_TOO_OLD },
    });
    expect(await forms.submit(sent([], 'something else'))).toEqual({ response_action: 'clear' });
  });
});
