import type { APIInteraction, APIInteractionResponse } from 'discord.js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { toButton } from '../../../../src/bot/discord/action-codec.ts';
import type { CallBody } from '../../../../src/bot/discord/discord-client.ts';
import { DiscordForms } from '../../../../src/bot/discord/forms/discord-forms.ts';
import { FirstResponses } from '../../../../src/bot/discord/inbound/first-response.ts';
import { GuildMap } from '../../../../src/bot/discord/inbound/guild-map.ts';
import { InteractionAnswers } from '../../../../src/bot/discord/inbound/interaction-answers.ts';
import { Interactions } from '../../../../src/bot/discord/inbound/interactions.ts';
import { snowflakeAt } from '../../../../src/bot/discord/inbound/place.ts';
import type { MessageBody } from '../../../../src/bot/discord/render-card.ts';
import { RECEIPT } from '../../../../src/bot/wording/receipt-words.ts';
import { CosmosError } from '../../../../src/core/errors.ts';
import type { Inbound } from '../../../../src/core/ports/chat.ts';
import type { ChatForms, Form } from '../../../../src/core/ports/chat-surfaces.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';
import { NO_SURFACES } from '../../../fakes/no-surfaces.ts';

const [GUILD, CHANNEL, THREAD, ANNA] = ['1', '10', '11', '7'];
const BODY: MessageBody = {
  content: 'Two runs wait',
  embeds: [],
  components: [],
  allowed_mentions: { parse: [], users: [] },
};
const FORM: Form = {
  ...{ state: 'state', title: 'Inference', submit: 'Run' },
  fields: [{ kind: 'text', name: 'text', label: 'Text', required: true, multiline: false }],
};

interface Options {
  readonly forms?: Partial<ChatForms>;
  readonly owned?: boolean;
  readonly receive?: (event: Inbound) => Promise<void>;
}

/** Interactions in front of a Discord that takes every response. */
function desk({ forms = {}, owned = false, receive }: Options = {}) {
  const clock = new FakeClock();
  const received: Inbound[] = [];
  const responses: APIInteractionResponse[] = [];
  const answered: string[] = [];
  const said: string[] = [];
  const note = (method: string) => async () => void answered.push(method);
  const client = {
    post: async (_lane: string, route: string, { json }: CallBody = {}) => {
      if (route.endsWith('/callback')) responses.push(JSON.parse(JSON.stringify(json)));
      else answered.push('POST');
      return undefined;
    },
    patch: note('PATCH'),
  };
  const logger = pino({ level: 'debug' }, { write: (line) => void said.push(line) });
  const answers = new InteractionAnswers(client, clock);
  const around = { botUser: '5', channels: [], ownsThread: () => owned, guilds: new GuildMap() };
  const choices: ChatForms = { ...NO_SURFACES.forms, ...forms };
  const interactions = new Interactions({
    ...{ around, choices, logger, answers },
    receive: async (event) => {
      await receive?.(event);
      received.push(event);
    },
    forms: new DiscordForms({ forms: choices, around, logger }),
    responses: new FirstResponses({ client, logger, closed: new AbortController().signal }),
  });
  const id = snowflakeAt(clock.now());
  /** Something that anna does; `data` as Discord sends it. */
  const does = async (type: number, data: unknown, more: Readonly<Record<string, unknown>> = {}) => {
    const interaction = {
      ...{ id, application_id: '42', type, token: 'token', guild_id: GUILD, data },
      channel: { id: CHANNEL, type: 0 },
      member: { user: { id: ANNA, username: 'anna' }, nick: null, roles: [] },
      ...more,
    };
    const read: APIInteraction = JSON.parse(JSON.stringify(interaction));
    await interactions.handle(read);
  };
  const slash = async (verb: string, options: readonly unknown[] = [], more = {}) =>
    await does(2, { id: '3', name: 'cosmos', type: 1, options: [{ name: verb, type: 1, options }] }, more);
  const click = async (
    customId: string,
    message: Readonly<Record<string, unknown>> = { id: '20' },
    type = 2,
  ) => await does(3, { custom_id: customId, component_type: type }, { message });
  const answer = async (event = received[0]) =>
    await answers.answer({ event: event?.dedupeKey ?? `command:${id}`, user: ANNA }, BODY);
  return { clock, received, responses, answered, said, does, slash, click, answer, id };
}

const option = (name: string, value: unknown) => ({ name, type: 3, value });
const IN_A_THREAD = { channel: { id: THREAD, type: 11, parent_id: CHANNEL } };
const button = toButton({ verb: 'cancel', target: 'rs_3fq8w1zz', label: 'Cancel' }, 0)?.custom_id ?? '';

describe('a command', () => {
  it('is durable before it is answered, and its receipt is for one person', async () => {
    const order: string[] = [];
    const { responses, slash } = desk({
      receive: async () => {
        order.push(`received after ${responses.length}`);
      },
    });
    await slash('status');
    expect(order).toEqual(['received after 0']);
    expect(responses).toMatchObject([{ type: 4, data: { content: RECEIPT, flags: 64 } }]);
  });

  it('that cannot be saved is answered with that, and nothing follows it', async () => {
    const { responses, slash, answer, received, answered } = desk({
      receive: async () => {
        throw new CosmosError('store.busy');
      },
    });
    await slash('status');
    expect(received).toEqual([]);
    expect(responses).toMatchObject([{ type: 4, data: { flags: 64 } }]);
    expect(JSON.stringify(responses)).not.toContain(RECEIPT);
    expect(await answer()).toBe(false);
    expect(answered).toEqual([]);
  });

  it('can be answered for fourteen minutes from when it was given', async () => {
    const { slash, clock, answer } = desk();
    await slash('status');
    clock.advance(14 * 60_000 - 1);
    expect(await answer()).toBe(true);
    clock.advance(1);
    expect(await answer()).toBe(false);
  });

  it('in a channel of a folder is in the channel, and in a thread in both', async () => {
    const { slash, received, id } = desk();
    await slash('status', [], { channel: { id: CHANNEL, type: 0, parent_id: '99' } });
    expect(received[0]?.where).not.toHaveProperty('thread');
    expect(received[0]?.where.channel).toBe(CHANNEL);
    await slash('status', [], { ...IN_A_THREAD, id: `${id}0` });
    expect(received[1]?.where).toMatchObject({ channel: CHANNEL, thread: THREAD });
  });

  it('is heard once, however often it arrives', async () => {
    const { slash, received, responses } = desk();
    await slash('status');
    await slash('status');
    expect(received).toHaveLength(1);
    expect(responses).toHaveLength(1);
  });

  it('that no form is there for is executed, with words that hold spaces together', async () => {
    const asked: (readonly string[])[] = [];
    const { slash, received } = desk({
      forms: {
        open: (event) => {
          if (event.kind === 'form') asked.push(event.words);
          return undefined;
        },
      },
    });
    await slash('inference', [option('seg_prompt', 'a red car')]);
    const words = ['inference', 'seg_prompt=a red car'];
    expect(asked).toEqual([words]);
    expect(received).toMatchObject([{ kind: 'form', words }]);
  });

  it.each([
    ['without options, in its own thread', [], IN_A_THREAD, true, 'form'],
    ['with options, in its own thread', [option('text', 'x')], IN_A_THREAD, true, 'run'],
    ['with options, in a thread of others', [option('text', 'x')], IN_A_THREAD, false, 'form'],
    ['with options, in a channel', [option('text', 'x')], {}, true, 'form'],
  ] as const)('%s: the form is shown where it is wanted', async (_where, options, more, owned, outcome) => {
    const { slash, received, responses } = desk({ owned, forms: { open: () => FORM } });
    await slash('search', options, more);
    expect(responses.map(({ type }) => type)).toEqual([outcome === 'form' ? 9 : 4]);
    expect(received).toHaveLength(outcome === 'form' ? 0 : 1);
  });

  it('that nobody can be said to have given is said to have failed', async () => {
    const { slash, received, responses, said } = desk();
    await slash('status', [], { member: undefined });
    expect(received).toEqual([]);
    expect(responses).toMatchObject([{ type: 4, data: { flags: 64 } }]);
    expect(said.join('')).toContain('an interaction failed');
  });

  it('of another kind is none of its business', async () => {
    const { does, responses } = desk();
    await does(2, { id: '3', name: 'Who is it', type: 2, target_id: '8', resolved: {} });
    expect(responses).toEqual([]);
  });
});

describe('a click', () => {
  it('is acknowledged after it is durable, and answered beside the card', async () => {
    const { click, received, responses, answer, answered } = desk();
    await click(button);
    expect(received).toMatchObject([
      { kind: 'click', verb: 'cancel', target: 'rs_3fq8w1zz', where: { message: '20' } },
    ]);
    expect(responses).toEqual([{ type: 6 }]);
    expect(await answer()).toBe(true);
    expect(answered).toEqual(['POST']);
  });

  it('on what only one person sees belongs to no message', async () => {
    const { click, received } = desk();
    await click(button, { id: '20', flags: 64 });
    expect(received[0]?.where).not.toHaveProperty('message');
  });

  it('on a button that nobody knows any more is acknowledged', async () => {
    const { click, received, responses } = desk();
    await click('older|0|cancel|rs_3fq8w1zz');
    expect(received).toEqual([]);
    expect(responses).toEqual([{ type: 6 }]);
  });

  it('that is a choice of a list is acknowledged, whatever it says', async () => {
    const { click, received, responses } = desk();
    await click(button, { id: '20' }, 3);
    expect(received).toEqual([]);
    expect(responses).toEqual([{ type: 6 }]);
  });

  it('that asks for more opens a form in place of the acknowledgement', async () => {
    const { click, received, responses } = desk({ forms: { open: () => FORM } });
    await click(button);
    expect(received).toEqual([]);
    expect(responses.map(({ type }) => type)).toEqual([9]);
  });
});

describe('"Use as prompt"', () => {
  const use = (attachments: readonly unknown[], author: Readonly<Record<string, unknown>> = {}) => {
    const message = {
      ...{ id: '20', channel_id: CHANNEL, content: 'a street <@5>', mentions: [], attachments },
      author: { id: '8', username: 'ben', ...author },
    };
    return {
      id: '3',
      name: 'Use as prompt',
      type: 3,
      target_id: '20',
      resolved: { messages: { 20: message } },
    };
  };
  const file = (filename: string) => ({
    id: filename,
    filename,
    size: 6,
    url: `https://cdn.discordapp.com/attachments/10/30/${filename}`,
  });

  it('takes all that hangs on a message with a medium', async () => {
    const { does, received } = desk();
    await does(2, use([file('notes.txt'), file('drift.mp4')]));
    expect(received).toMatchObject([{ kind: 'upload', user: { id: ANNA }, where: { message: '20' } }]);
    const [event] = received;
    const ids = event?.kind === 'upload' ? event.files.map(({ id }) => id) : [];
    expect(ids.at(-1)).toContain(` ${CHANNEL}/20/drift.mp4`);
  });

  it('takes no words of a bot', async () => {
    const { does, received } = desk();
    await does(2, use([file('drift.mp4')], { bot: true }));
    expect(received).toMatchObject([{ text: '' }]);
  });

  it('says so where a message has nothing that it could use', async () => {
    const { does, received, responses } = desk();
    await does(2, use([file('notes.txt')]));
    expect(received).toEqual([]);
    expect(responses).toMatchObject([{ type: 4, data: { flags: 64 } }]);
  });
});

describe('completion', () => {
  const typing = (options: readonly unknown[]) => ({ id: '3', name: 'cosmos', type: 1, options });
  const focused = (value: string) =>
    typing([{ name: 'inference', type: 1, options: [{ name: 'prompt', type: 3, value, focused: true }] }]);
  const offered = (responses: readonly APIInteractionResponse[]) =>
    responses.map((each) =>
      'data' in each && each.data && 'choices' in each.data ? each.data.choices : undefined,
    );

  it('offers what Discord takes, by name, and is asked with who types what where', async () => {
    const long = 'x'.repeat(101);
    const asked: unknown[] = [];
    const all = [
      { value: '', label: 'nothing' },
      { value: long, label: 'too long' },
      { value: '\uD83C', label: 'half a sign' },
      { value: 'ps_1', label: '  ' },
      { value: 'ps_2', label: long },
      ...Array.from({ length: 30 }, (_, index) => ({
        value: `ps_${index + 3}`,
        label: `prompt ${index + 3}`,
      })),
    ];
    const { does, responses } = desk({
      forms: {
        suggest: (what) => {
          asked.push(what);
          return all;
        },
      },
    });
    await does(4, focused('ne'));
    expect(asked).toMatchObject([{ verb: 'inference', option: 'prompt', typed: 'ne', user: { id: ANNA } }]);
    const [choices = []] = offered(responses);
    expect(choices).toHaveLength(25);
    expect(choices[0]).toEqual({ name: 'ps_1', value: 'ps_1' });
    expect(choices[1]?.name).toHaveLength(100);
    expect(choices[2]).toEqual({ name: 'prompt 3', value: 'ps_3' });
  });

  it('offers nothing where nobody types', async () => {
    const { does, responses } = desk();
    await does(4, typing([{ name: 'inference', type: 1, options: [] }]));
    expect(offered(responses)).toEqual([[]]);
  });

  it('that fails says nothing: a message is no answer to it', async () => {
    const { does, responses, said } = desk({
      forms: {
        suggest: () => {
          throw new Error('broken');
        },
      },
    });
    await does(4, focused('ne'));
    expect(responses).toEqual([]);
    expect(said.join('')).toContain('an interaction failed');
  });
});
