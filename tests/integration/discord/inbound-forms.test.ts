import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FORM_AGAIN, FORM_FORGOTTEN, RECEIPT } from '../../../src/bot/wording/receipt-words.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { ChatForms, Form, FormField, FormValues } from '../../../src/core/ports/chat-surfaces.ts';
import { ANA, FormsBench } from '../../bot/forms/forms-bench.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { listenToDiscord, registerCommands } from './listening.ts';

const CALLBACK = 'POST /interactions/{interaction}/{token}/callback';

/** A form with more fields than a modal has room for; what is filled in comes back as words. */
class ManyFields implements Partial<ChatForms> {
  readonly sent: { readonly state: string; readonly values: FormValues }[] = [];
  state = 'about a prompt';
  isEmpty = false;
  problems: Readonly<Record<string, string>> | undefined;

  readonly #fields = (values: FormValues): readonly FormField[] => [
    {
      ...{ kind: 'search', name: 'prompt', label: 'Prompt', required: true },
      initial: { value: values['prompt'] ?? 'ps_2', label: 'second' },
    },
    {
      ...{ kind: 'choice', name: 'model', label: 'Model', required: true, refreshes: true },
      choices: ['preview', 'transfer1'].map((value) => ({ value, label: value })),
      initial: values['model'] ?? 'preview',
    },
    {
      ...{ kind: 'number', name: 'edge', label: 'Edges', help: 'Weight', required: false, whole: false },
      initial: Number(values['edge'] ?? '0.5'),
    },
    { kind: 'text', name: 'note', label: 'Note', required: false, multiline: true, maxCharacters: 40 },
    {
      kind: 'number',
      name: 'seed',
      label: 'Seed',
      required: false,
      whole: true,
      initial: Number(values['seed'] ?? '1'),
    },
    { kind: 'text', name: 'name', label: 'Name', required: true, multiline: false },
  ];

  readonly open: ChatForms['open'] = (event) => {
    if (event.kind === 'click') return event.verb === 'tune' ? this.#form({ seed: '7' }) : undefined;
    return event.kind === 'form' && event.words[0] === 'inference' ? this.#form({}) : undefined;
  };

  readonly refresh: ChatForms['refresh'] = (_state, values) => this.#form(values);

  readonly choices: ChatForms['choices'] = (_state, field) =>
    field === 'prompt'
      ? Array.from({ length: 40 }, (_, index) => ({ value: `ps_${index}`, label: `prompt ${index}` }))
      : [];

  readonly submit: ChatForms['submit'] = (state, values) => {
    this.sent.push({ state, values });
    return this.problems === undefined
      ? { ok: true, words: ['inference', values['prompt'] ?? ''] }
      : { ok: false, problems: this.problems };
  };

  #form(values: FormValues): Form {
    return {
      state: this.state,
      title: 'Run a prompt',
      submit: 'Run',
      fields: this.isEmpty ? [] : this.#fields(values),
    };
  }
}

async function formStudio(forms = new ManyFields()) {
  const studio = await openDiscordStudio();
  await registerCommands(studio);
  return { studio, forms, bot: await listenToDiscord(studio, { forms }) };
}

describe('a form', () => {
  it('is the first response to a command, with the first fields and those that are needed', async () => {
    const { studio, bot } = await formStudio();
    const asked = await studio.anna.command(studio.renders, 'cosmos inference');
    expect(asked.outcome).toBe('modal');
    const modal = await studio.anna.modalOpened();
    expect(modal.title).toBe('Run a prompt');
    expect(modal.inputs.map(({ label }) => label)).toEqual(['Prompt', 'Model', 'Edges', 'Note', 'Name']);
    expect(modal.input('Edges').value).toBe('0.5');
    expect(bot.received).toEqual([]);
  });

  it('that asks nothing is none: the command is executed as it is', async () => {
    const { studio, forms, bot } = await formStudio();
    forms.isEmpty = true;
    expect((await studio.anna.command(studio.renders, 'cosmos inference')).outcome).toBe('answered');
    expect(bot.received).toMatchObject([{ words: ['inference'] }]);
  });

  it('offers 25 to choose from where there is much to find, and the one that is meant', async () => {
    const { studio } = await formStudio();
    await studio.anna.command(studio.renders, 'cosmos inference');
    const options = (await studio.anna.modalOpened()).input('Prompt').component['options'];
    expect(options).toHaveLength(25);
    expect(options).toContainEqual({ value: 'ps_2', label: 'second', default: true });
  });

  it('becomes the words of a command when it is sent, where it was opened', async () => {
    const { studio, forms, bot } = await formStudio();
    const { anna, renders } = studio;
    await anna.command(renders, 'cosmos inference');
    const modal = await anna.modalOpened();
    const sent = await modal.submit({ Prompt: 'prompt 3', Name: 'take 1', Note: '' });
    expect(sent.ephemeral).toEqual([RECEIPT]);
    expect(forms.sent).toEqual([
      {
        state: 'about a prompt',
        values: { prompt: 'ps_3', model: 'preview', edge: '0.5', name: 'take 1' },
      },
    ]);
    expect(bot.received).toMatchObject([
      {
        kind: 'form',
        dedupeKey: `form:${modal.interaction.id}`,
        words: ['inference', 'ps_3'],
        where: { channel: renders.id },
        user: { id: anna.id },
      },
    ]);
  });

  it('keeps what was said of fields that it does not show', async () => {
    const { studio, forms, bot } = await formStudio();
    const { anna, renders, guild } = studio;
    const place = { platform: bot.chat.platform, tenant: guild.id, channel: renders.id };
    const tune = { verb: 'tune', target: 'rs_1', label: 'Tune' };
    await bot.chat.post('card', place, { mark: 'none', title: ['A card'], blocks: [], actions: [tune] });
    const card = await renders.shows(({ fromBot }) => fromBot);
    expect((await anna.clicks(card, 'Tune')).outcome).toBe('modal');
    await (await anna.modalOpened()).submit({ Name: 'x' });
    expect(forms.sent[0]?.values).toMatchObject({ seed: '7', name: 'x' });
    expect(bot.received[0]).toMatchObject({ kind: 'form', where: { message: card.id } });
  });

  it('works on after a restart of the bot', async () => {
    const { studio, forms, bot } = await formStudio();
    await studio.anna.command(studio.renders, 'cosmos inference');
    const modal = await studio.anna.modalOpened();
    await bot.stop();
    const next = await listenToDiscord(studio, { forms });
    await modal.submit({ Name: 'x' });
    expect(forms.sent[0]?.state).toBe('about a prompt');
    expect(next.received).toHaveLength(1);
  });

  it('about more than its ids can carry works until a restart, and says so after it', async () => {
    const { studio, forms, bot } = await formStudio();
    // What cannot be packed into less.
    forms.state = randomBytes(600).toString('base64url');
    await studio.anna.command(studio.renders, 'cosmos inference');
    await (await studio.anna.modalOpened()).submit({ Name: 'x' });
    expect(forms.sent[0]?.state).toBe(forms.state);
    await studio.anna.command(studio.renders, 'cosmos inference');
    const modal = await studio.anna.modalOpened();
    await bot.stop();
    const next = await listenToDiscord(studio, { forms });
    expect((await modal.submit({ Name: 'x' })).ephemeral).toEqual([FORM_FORGOTTEN]);
    expect(next.received).toEqual([]);
  });

  it('with mistakes says which, and opens again with what was filled in', async () => {
    const { studio, forms, bot } = await formStudio();
    const { anna, renders } = studio;
    forms.problems = { edge: 'Edges is 2: 0 to 1 is possible.' };
    await anna.command(renders, 'cosmos inference');
    const refused = await (await anna.modalOpened()).submit({ Edges: '2', Name: 'x', Model: 'transfer1' });
    expect(refused.ephemeral.join()).toContain('0 to 1 is possible');
    expect(bot.received).toEqual([]);
    const [message] = refused.messages;
    if (message === undefined) throw new Error('nothing was said');
    forms.problems = undefined;
    expect((await anna.clicks(message, FORM_AGAIN)).outcome).toBe('modal');
    const again = await anna.modalOpened();
    expect(again.input('Edges').value).toBe('2');
    await again.submit({ Edges: '0.2', Name: 'x' });
    expect(forms.sent.at(-1)?.values).toMatchObject({ model: 'transfer1', edge: '0.2' });
    expect(bot.received).toHaveLength(1);
  });

  it('of the real models takes lists and a tick for a draft, and opens again with both', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const studio = await openDiscordStudio();
    await registerCommands(studio);
    const { forms } = bench;
    const bot = await listenToDiscord(studio, {
      forms: {
        open: (event) => forms.open({ ...event, user: ANA }),
        refresh: forms.refresh.bind(forms),
        choices: forms.choices.bind(forms),
        submit: forms.submit.bind(forms),
      },
    });
    const { anna, renders } = studio;
    const asked = await anna.command(renders, 'cosmos inference', { model: 'transfer1' });
    expect(asked).toMatchObject({ outcome: 'modal' });
    const modal = await anna.modalOpened();
    expect(modal.inputs.map(({ label }) => label)).toEqual(['Prompt', 'Model', 'Draft', 'Blur', 'Edges']);
    expect(modal.input('Edges').description).toContain('or several: 0.2, 0.5');
    const refused = await modal.submit({ Prompt: prompt, Draft: true, Edges: '0.2, 8' });
    expect(refused.ephemeral.join()).toContain('edge is a weight from 0 to 1; you wrote 8');
    const [message] = refused.messages;
    if (message === undefined) throw new Error('nothing was said');
    await anna.clicks(message, FORM_AGAIN);
    const again = await anna.modalOpened();
    expect(again.input('Edges').value).toBe('0.2, 8');
    expect(again.input('Draft').component['default']).toBe(true);
    await again.submit({ Edges: '0.2, 0.8' });
    expect(bot.received).toMatchObject([
      { words: ['inference', prompt, '--model', 'transfer1', 'edge=0.2, 0.8', '--draft'] },
    ]);
  });

  it('that was sent and not answered is one command, however often it is sent again', async () => {
    const { studio, bot } = await formStudio();
    const { anna, renders, discord } = studio;
    await anna.command(renders, 'cosmos inference');
    const modal = await anna.modalOpened();
    discord.injections.inject(CALLBACK, trouble.refused(400, 50_035));
    expect((await modal.submit({ Name: 'x' })).outcome).toBe('timed_out');
    expect((await modal.submit({ Name: 'x' })).ephemeral).toEqual([RECEIPT]);
    expect(bot.received).toHaveLength(1);
  });

  it('that cannot be saved is said to be not saved', async () => {
    const { studio, bot } = await formStudio();
    await studio.anna.command(studio.renders, 'cosmos inference');
    bot.receive = async () => {
      throw new CosmosError('store.busy');
    };
    const sent = await (await studio.anna.modalOpened()).submit({ Name: 'x' });
    expect(sent.ephemeral).toHaveLength(1);
    expect(sent.ephemeral).not.toEqual([RECEIPT]);
  });
});

it('a command with options is executed in a thread that is about something', async () => {
  const forms = new ManyFields();
  const studio = await openDiscordStudio();
  const { anna, renders } = studio;
  await registerCommands(studio);
  const thread = renders.openThread(anna, { name: 'mine', on: anna.says(renders, 'root') });
  const bot = await listenToDiscord(studio, { forms, ownsThread: (where) => where.thread === thread.id });
  expect((await anna.command(thread, 'cosmos inference', { parameters: 'edge=0.8' })).outcome).toBe(
    'answered',
  );
  expect((await anna.command(thread, 'cosmos inference')).outcome).toBe('modal');
  expect(bot.received).toMatchObject([{ words: ['inference', 'edge=0.8'], where: { thread: thread.id } }]);
});
