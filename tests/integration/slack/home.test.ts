import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { trouble } from '../../fakes/slack/injections.ts';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

const QUICK = { pageIntervalMs: 20, intervalMs: 1 };
const NEVER_AGAIN = { pageIntervalMs: 3_600_000, intervalMs: 3_600_000 };

describe("the page of one's own", () => {
  it('shows own runs, the queue and what one may do, and follows the runs', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const bot = await openSlackBot(studio, { homeTimes: QUICK });
    const prompt = await bot.bench.prompt();
    anna.opensHome();
    const page = await slack.until(() => anna.home);
    expect(page.words).toContain('None of your runs waits or runs.');
    expect(page.words).toContain('Run a prompt');

    await anna.command(renders, '/cosmos', `inference ${prompt.id}`);
    const [run] = await slack.until(() => {
      const runs = bot.bench.api.listRuns({ limit: 5 });
      return runs.length === 1 && page.words.includes(runs[0]?.id ?? '?') && runs;
    });
    bot.bench.claim();
    await bot.bench.end('done');
    await slack.until(() => page.words.includes('Ended last') && page.words.includes(run?.id ?? '?'));
    expect(page.id).toBe(anna.home?.id);
    expect(bot.log).toBe('');
  });

  it('has buttons: forms open there, and answers go to the direct conversation', async () => {
    const studio = await openStudio();
    const { anna, slack, renders, bot: installation } = studio;
    const bot = await openSlackBot(studio, { homeTimes: QUICK });
    await bot.bench.prompt();
    const direct = slack.direct(anna, installation);
    anna.opensHome();
    const page = await slack.until(() => anna.home);
    expect(await page.press('Help')).toMatchObject({ outcome: 'acked' });
    await direct.shows((message) => message.fromBot && message.words.includes('inference'));

    const [, modal] = await Promise.all([page.press('Run a prompt'), anna.modalOpened()]);
    const [offered] = await modal.type('Prompt', '');
    await modal.fill('Prompt', offered?.value ?? '');
    expect(await modal.submit()).toMatchObject({ outcome: 'cleared' });
    const root = await direct.shows(
      (message) => message.fromBot && message.words.includes(offered?.text.split(' ')[0] ?? '?'),
    );
    await direct.shows((message) => message.words.includes('Place '), { thread: root });
    expect(renders.timeline).toEqual([]);
  });

  it('says in a modal that a click was not saved: there is no other place for words', async () => {
    const studio = await openStudio();
    const { anna, slack } = studio;
    const bot = await openSlackBot(studio, { homeTimes: NEVER_AGAIN });
    anna.opensHome();
    const page = await slack.until(() => anna.home);
    const other = new SqliteDatabase(bot.bench.bot.parts.data.database);
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const [pressed, modal] = await Promise.all([page.press('Help'), anna.modalOpened()]);
    other.exec('ROLLBACK');
    expect(pressed).toMatchObject({ outcome: 'acked' });
    expect(modal.words).toContain('nothing was saved');
  });

  it('is shown to each what is theirs, and again when it is opened again', async () => {
    const studio = await openStudio();
    const { anna, ben, slack } = studio;
    await openSlackBot(studio, { homeTimes: NEVER_AGAIN });
    anna.opensHome();
    ben.opensHome();
    const [one, other] = await slack.until(() => anna.home && ben.home && [anna.home, ben.home]);
    expect(one?.words).toContain('anna');
    expect(other?.words).toContain('ben');
    const before = slack.calls.of('views.publish').length;
    anna.opensHome();
    await slack.until(() => slack.calls.of('views.publish').length > before);
    anna.opensHome('messages');
    await slack.deliveries.settled();
    expect(slack.calls.of('views.publish').at(-1)?.args).toMatchObject({
      user_id: anna.id,
      hash: expect.anything(),
    });
  });

  it('is not shown again where nothing changes, however often something elsewhere does', async () => {
    const studio = await openStudio();
    const { anna, slack, renders } = studio;
    const bot = await openSlackBot(studio, { homeTimes: QUICK });
    anna.opensHome();
    await slack.until(() => anna.home);
    // Who somebody is becomes known after the first version.
    await slack.until(() => slack.calls.of('users.info').some(({ args }) => args['user'] === anna.id));
    await anna.command(renders, '/cosmos', 'models');
    await renders.shows((message) => message.ephemeral, { viewer: anna });
    const before = slack.calls.of('views.publish').length;
    for (let each = 0; each < 50; each++) bot.bench.bot.parts.wakeup.notify();
    await anna.command(renders, '/cosmos', 'queue');
    await slack.until(() => anna.sees(renders).length === 2);
    expect(slack.calls.of('views.publish').length).toBe(before);
  });

  it.each([
    ['of one page', { pageIntervalMs: 3_600_000, intervalMs: 0 }],
    ['of all pages', { pageIntervalMs: 0, intervalMs: 3_600_000 }],
  ])('waits for its turn within the budget %s, unless somebody opens it', async (_which, homeTimes) => {
    const studio = await openStudio();
    const { slack, anna, ben, renders } = studio;
    const bot = await openSlackBot(studio, { homeTimes });
    const prompt = await bot.bench.prompt();
    anna.opensHome();
    await slack.until(() => anna.home);
    ben.opensHome();
    await slack.until(() => ben.home);
    await anna.command(renders, '/cosmos', `inference ${prompt.id}`);
    const root = await renders.shows((message) => message.fromBot);
    await renders.shows((message) => message.words.includes('Place '), { thread: root });
    ben.opensHome();
    await slack.until(() => ben.home?.words.includes('1 run waits'));
    expect(anna.home?.words).toContain('Nothing waits.');
    expect(slack.calls.of('views.publish')).toHaveLength(3);
  });

  it.each([
    ['Slack asks to come later', trouble.rateLimited(0)],
    ['another version is shown', trouble.refused('hash_conflict')],
    ['the connection breaks', trouble.reset('after')],
  ])('is shown in the end where %s', async (_why, what) => {
    const studio = await openStudio();
    const { anna, slack } = studio;
    await openSlackBot(studio, { homeTimes: QUICK });
    const injected = slack.injections.inject('views.publish', what);
    anna.opensHome();
    await injected.hit();
    await slack.until(() => slack.calls.of('views.publish').some(({ outcome }) => outcome === 'ok'));
    expect(anna.home?.words).toContain('Your runs');
  });

  it('is left alone in an app without such pages', async () => {
    const studio = await openStudio();
    const { anna, slack, renders } = studio;
    const bot = await openSlackBot(studio, { homeTimes: QUICK });
    slack.injections.inject('views.publish', trouble.refused('not_enabled'), { times: Infinity });
    anna.opensHome();
    await slack.until(() => slack.calls.of('views.publish').some(({ outcome }) => outcome === 'not_enabled'));
    await anna.command(renders, '/cosmos', 'models');
    await renders.shows((message) => message.ephemeral, { viewer: anna });
    bot.bench.bot.parts.wakeup.notify();
    await slack.deliveries.settled();
    expect(slack.calls.of('views.publish')).toHaveLength(1);
  });
});
