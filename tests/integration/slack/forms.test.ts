import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { trouble } from '../../fakes/slack/injections.ts';
import type { SlackChannel } from '../../fakes/slack/people/channel.ts';
import type { Modal } from '../../fakes/slack/people/modal.ts';
import type { Person } from '../../fakes/slack/people/person.ts';
import type { SeenMessage } from '../../fakes/slack/people/seen.ts';
import { openSlackBot, type SlackBot, TWO_MODELS } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

/** Types a command whose form opens. */
async function opens(person: Person, channel: SlackChannel, text: string): Promise<Modal> {
  const [typed, modal] = await Promise.all([
    person.command(channel, '/cosmos', text),
    person.modalOpened(person.modal),
  ]);
  expect(typed).toMatchObject({ outcome: 'acked', answer: undefined });
  return modal;
}

/** Chooses a prompt as people do: types, and takes what is offered. */
async function choosesPrompt(modal: Modal, typed: string): Promise<void> {
  const [offered] = await modal.type('Prompt', typed);
  await modal.fill('Prompt', offered?.value ?? `nothing is offered for ${typed}`);
}

function value(modal: Modal, field: string): unknown {
  const control = modal.controls.find(({ blockId }) => blockId.endsWith(`:${field}`));
  if (control === undefined) return undefined;
  const [state] = Object.values(Object(Object(modal.values)[control.blockId]));
  return Object(state).value ?? Object(Object(state).selected_option).value;
}

function blockOf(modal: Modal, field: string): string {
  return modal.controls.find(({ blockId }) => blockId.endsWith(`:${field}`))?.blockId ?? '';
}

function runs({ bench }: SlackBot) {
  return bench.api.listRuns({ limit: 100 });
}

const isStatus = ({ words }: SeenMessage): boolean => words.includes('Place ');

describe('a form for a run', () => {
  it('is searched, changed with the model, corrected at its field, and becomes a run in a thread of its channel', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio, { config: TWO_MODELS });
    const prompt = await bot.bench.prompt('A rainy neon street at night');
    await bot.bench.prompt('A harbour at dawn');

    const modal = await opens(anna, renders, 'inference');
    expect(modal.title).toBe('Run a prompt');
    expect(await modal.type('Prompt', '')).toHaveLength(2);
    expect(await modal.type('Prompt', 'neon')).toMatchObject([{ value: prompt.id }]);
    await modal.fill('Prompt', prompt.id);
    expect(value(modal, 'parameter:num_steps')).toBeUndefined();
    await modal.fill('Model', 'transfer1');
    await slack.until(() => value(modal, 'parameter:num_steps') !== undefined);
    expect(value(modal, 'prompt')).toBe(prompt.id);
    expect(value(modal, 'parameter:edge')).toBe('0.25');

    expect(await modal.submit({ Edges: '8' })).toMatchObject({
      outcome: 'errors',
      errors: { [blockOf(modal, 'parameter:edge')]: expect.stringContaining('8') },
    });
    expect(runs(bot)).toEqual([]);
    expect(await modal.submit({ Edges: '0.7' })).toMatchObject({ outcome: 'cleared' });
    expect(anna.modal).toBeUndefined();

    const root = await renders.shows((message) => message.fromBot && message.threadTs === undefined);
    await renders.shows(isStatus, { thread: root });
    expect(runs(bot)).toMatchObject([
      { promptId: prompt.id, profileId: 'transfer1', ownerName: 'anna', parameters: { edge: 0.7 } },
    ]);
    expect(bot.log).toBe('');
  });

  it('takes lists in its fields and a tick for a draft, corrected where they are wrong: one request of drafts', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio, { config: TWO_MODELS });
    await bot.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    expect(modal.words).not.toContain('Draft');
    await modal.fill('Model', 'transfer1');
    await slack.until(() => value(modal, 'parameter:seed') !== undefined);
    expect(modal.options('Draft')).toMatchObject([{ text: expect.stringContaining('num_steps 8') }]);
    expect(modal.words).toContain('or several: 1..4, or 7, 11');
    expect(await modal.submit({ Draft: ['true'], Edges: '0.2, 0.8', Seed: '1..' })).toMatchObject({
      outcome: 'errors',
      errors: { [blockOf(modal, 'parameter:seed')]: expect.stringContaining('seed=1..') },
    });
    // What was entered is still there.
    expect(await modal.submit({ Seed: '1..2' })).toMatchObject({ outcome: 'cleared' });
    const root = await renders.shows((message) => message.fromBot && message.threadTs === undefined);
    await renders.shows((message) => message.words.includes('0 of 4 done'), { thread: root });
    expect(runs(bot).map(({ draft, parameters }) => [draft, parameters['seed'], parameters['edge']])).toEqual(
      expect.arrayContaining([1, 2].flatMap((seed) => [0.2, 0.8].map((edge) => [['num_steps'], seed, edge]))),
    );
    expect(bot.log).toBe('');
  });

  it('opened by a button in a thread has the parameters of that run, and the next run is shown there', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const bot = await openSlackBot(studio);
    const prompt = await bot.bench.prompt();
    await anna.command(renders, '/cosmos', `inference ${prompt.id} edge=0.3 vis=0.6`);
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    bot.bench.claim();
    await bot.bench.end('done');
    const result = await renders.shows(
      (message) => message.controls.some(({ text }) => text.startsWith('Tune')),
      {
        thread: root,
      },
    );

    const [, modal] = await Promise.all([anna.clicks(result, 'Tune'), anna.modalOpened()]);
    expect(value(modal, 'parameter:edge')).toBe('0.3');
    expect(value(modal, 'parameter:vis')).toBe('0.6');
    expect(await modal.submit({ [blockOf(modal, 'parameter:edge')]: '0.5' })).toMatchObject({
      outcome: 'cleared',
    });
    await renders.shows((message) => isStatus(message) && message.words.includes('edge 0.5'), {
      thread: root,
    });
    expect(runs(bot)).toMatchObject([{ parameters: { edge: 0.5, vis: 0.6 } }, { parameters: { edge: 0.3 } }]);
    expect(renders.timeline).toHaveLength(1);
  });

  it('is filled in by two people at the same time without a mixture', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const bot = await openSlackBot(studio);
    const neon = await bot.bench.prompt('A rainy neon street');
    const harbour = await bot.bench.prompt('A harbour at dawn');
    const [one, other] = await Promise.all([
      opens(anna, renders, 'inference'),
      opens(ben, renders, 'inference'),
    ]);
    await Promise.all([choosesPrompt(one, 'neon'), choosesPrompt(other, 'harbour')]);
    const sent = await Promise.all([one.submit({ Edges: '0.1' }), other.submit({ Edges: '0.9' })]);
    expect(sent).toMatchObject([{ outcome: 'cleared' }, { outcome: 'cleared' }]);
    await studio.slack.until(() => renders.timeline.length === 2);
    await expect.poll(() => runs(bot).length).toBe(2);
    const byOwner = new Map(runs(bot).map((run) => [run.ownerName, run]));
    expect(byOwner.get('anna')).toMatchObject({ promptId: neon.id, parameters: { edge: 0.1 } });
    expect(byOwner.get('ben')).toMatchObject({ promptId: harbour.id, parameters: { edge: 0.9 } });
  });

  it('that is sent twice has one effect', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const bot = await openSlackBot(studio);
    await bot.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    const sent = await Promise.all([modal.submit(), modal.submit(), modal.submit()]);
    expect(sent.map(({ outcome }) => outcome)).toEqual(['cleared', 'cleared', 'cleared']);
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    await studio.slack.deliveries.settled();
    expect(runs(bot)).toHaveLength(1);
    expect(renders.timeline).toHaveLength(1);
  });

  it('goes on working where the bot was restarted while it was filled in', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const before = await openSlackBot(studio, { config: TWO_MODELS });
    const prompt = await before.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    await before.stop();
    await slack.until(() => slack.sockets.open(studio.app).length === 0);

    const after = await openSlackBot(studio, { directory: before.bench.directory });
    expect(await modal.type('Prompt', prompt.id)).toHaveLength(1);
    await modal.fill('Model', 'transfer1');
    await slack.until(() => value(modal, 'parameter:num_steps') !== undefined);
    expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    expect(runs(after)).toMatchObject([{ promptId: prompt.id, profileId: 'transfer1' }]);
  });

  it('has one effect where it is sent again to a bot that was killed after the first time', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const before = await openSlackBot(studio);
    await before.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    await before.stop();
    await slack.until(() => slack.sockets.open(studio.app).length === 0);

    const after = await openSlackBot(studio, { directory: before.bench.directory });
    expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
    await anna.command(renders, '/cosmos', 'queue');
    await renders.shows((message) => message.ephemeral, { viewer: anna });
    expect(runs(after)).toHaveLength(1);
    expect(renders.timeline).toHaveLength(1);
  });

  it('shows the fields of the last choice where somebody chooses faster than Slack answers', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio, { config: TWO_MODELS });
    await bot.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    const slow = slack.injections.inject('views.update', trouble.slow());
    await modal.fill('Model', 'transfer1');
    await slow.hit();
    await modal.fill('Model', 'preview');
    slow.release();
    await slack.until(
      () => slack.calls.of('views.update').filter(({ outcome }) => outcome === 'ok').length === 2,
    );
    expect(value(modal, 'model')).toBe('preview');
    expect(value(modal, 'parameter:num_steps')).toBeUndefined();
    expect(slack.calls.of('views.update').map(({ outcome }) => outcome)).toEqual([
      'ok',
      'hash_conflict',
      'ok',
    ]);
    expect(bot.log).toBe('');
  });
});

describe('a form', () => {
  it('is opened at once for whoever may use it by their user group', async () => {
    const studio = await openStudio();
    const { anna, ben, renders, slack, workspace } = studio;
    const { id: group } = workspace.addGroup('artists', [anna.id]);
    const config = `[access]\ndefault = "viewer"\n[[access.rules]]\nrole = "operator"\ngroups = ["${group}"]\n`;
    const bot = await openSlackBot(studio, { config });
    await bot.bench.prompt();
    await slack.until(() => slack.calls.of('usergroups.list').some(({ outcome }) => outcome === 'ok'));
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    await ben.command(renders, '/cosmos', 'inference');
    await renders.shows((message) => message.ephemeral, { viewer: ben });
    expect(ben.modal).toBeUndefined();
  });

  it('is not opened for whoever may not use it: only they are told why', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio, { config: '[access]\ndefault = "viewer"\n' });
    await bot.bench.prompt();
    await anna.command(renders, '/cosmos', 'inference');
    const told = await renders.shows((message) => message.ephemeral, { viewer: anna });
    expect(told.words).toContain('operator');
    expect(anna.modal).toBeUndefined();
    expect(slack.calls.of('views.open')).toEqual([]);
    expect(renders.timeline).toEqual([]);
  });

  it.each(['expired_trigger_id', 'exchanged_trigger_id', 'internal_error'])(
    'that Slack refuses with %s is offered again to whoever asked, and to nobody else',
    async (refusal) => {
      const studio = await openStudio();
      const { anna, ben, renders, slack } = studio;
      const bot = await openSlackBot(studio);
      const prompt = await bot.bench.prompt();
      slack.injections.inject('views.open', trouble.refused(refusal));
      const typed = await anna.command(renders, '/cosmos', `tune ${prompt.id}`);
      expect(typed).toMatchObject({ outcome: 'acked', answer: undefined });
      const told = await renders.shows((message) => message.ephemeral, { viewer: anna });
      expect(told.words).toContain('Open it again');
      expect(ben.sees(renders)).toEqual([]);

      const [, modal] = await Promise.all([anna.clicks(told, 'Open it again'), anna.modalOpened()]);
      expect(value(modal, 'prompt')).toBe(prompt.id);
      expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
      await renders.shows((message) => message.fromBot);
    },
  );

  it('opens once, however often what asked for it is delivered', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio);
    await bot.bench.prompt();
    const [typed] = await Promise.all([anna.command(renders, '/cosmos', 'inference'), anna.modalOpened()]);
    slack.deliveries.repeat(typed.delivery);
    await slack.deliveries.settled();
    // A second opening would be refused, and told.
    await anna.command(renders, '/cosmos', 'models');
    await renders.shows((message) => message.ephemeral, { viewer: anna });
    expect(slack.calls.of('views.open')).toHaveLength(1);
    expect(anna.sees(renders).filter(({ words }) => words.includes('Open it again'))).toEqual([]);
  });

  it('that does not open for an error of the server is asked for once: what opens it is spent', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio);
    await bot.bench.prompt();
    slack.injections.inject('views.open', trouble.serverError('before'));
    await anna.command(renders, '/cosmos', 'inference');
    const told = await renders.shows((message) => message.ephemeral, { viewer: anna });
    expect(told.words).toContain('Open it again');
    expect(slack.calls.of('views.open')).toHaveLength(1);
    expect(anna.modal).toBeUndefined();
  });

  it('is there again, with the reason at its first field, where it could not be saved', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const bot = await openSlackBot(studio);
    await bot.bench.prompt();
    const modal = await opens(anna, renders, 'inference');
    await choosesPrompt(modal, '');
    const other = new SqliteDatabase(bot.bench.bot.parts.data.database);
    other.exec('BEGIN IMMEDIATE');
    expect(await modal.submit()).toMatchObject({
      outcome: 'errors',
      errors: { [blockOf(modal, 'prompt')]: expect.stringContaining('busy') },
    });
    other.exec('ROLLBACK');
    other.close();
    await expect.poll(async () => (await modal.submit()).outcome).toBe('cleared');
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows(isStatus, { thread: root });
    expect(runs(bot)).toHaveLength(1);
  });

  it.each(['public', 'private'] as const)(
    'works in a %s channel without the bot, and its answer says how to invite it, to nobody else',
    async (kind) => {
      const studio = await openStudio();
      const { anna, ben, slack, workspace, bot: installation } = studio;
      installation.scopes = installation.scopes.filter((scope) => scope !== 'chat:write.public');
      const bot = await openSlackBot(studio);
      await bot.bench.prompt();
      const elsewhere = slack.addChannel(workspace, 'elsewhere', [anna, ben], kind);
      const modal = await opens(anna, elsewhere, 'inference');
      await choosesPrompt(modal, '');
      expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
      const told = await elsewhere.shows((message) => message.ephemeral, { viewer: anna });
      expect(told.words).toContain('/invite @cosmos');
      expect(ben.sees(elsewhere)).toEqual([]);
      expect(runs(bot)).toEqual([]);
    },
  );

  it('is never waited for by whoever gave the command', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio);
    await bot.bench.prompt();
    const slow = slack.injections.inject('views.open', trouble.slow());
    expect(await anna.command(renders, '/cosmos', 'inference')).toMatchObject({ outcome: 'acked' });
    expect(anna.modal).toBeUndefined();
    slow.release();
    await anna.modalOpened();
  });
});
