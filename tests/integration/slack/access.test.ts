import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Person } from '../../fakes/slack/people/person.ts';
import { runCosmos } from '../../support/run-cosmos.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { configuredDirectory, startedDaemon } from '../../support/started-daemon.ts';

it('roles hold for user groups, guests and strangers, and for what each of them does', async () => {
  const studio = await openStudio();
  const { slack, workspace, renders, anna, ben, app, bot } = studio;
  const guest = slack.addPerson(workspace, 'gus', { isRestricted: true });
  const invited = slack.addPerson(workspace, 'ivy', { isRestricted: true });
  const stranger = slack.addPerson(workspace, 'sam', { teamId: 'T0ELSEWHERE' });
  for (const { id } of [guest, invited, stranger]) renders.state.members.add(id);
  const artists = workspace.addGroup('artists', [anna.id]);
  const directory = await configuredDirectory(`
    [chat.slack]
    api_url = "${slack.apiUrl}"
    bot_token = { env = "BOT" }
    app_token = { env = "APP" }
    [access]
    default = "viewer"
    [[access.rules]]
    role = "operator"
    tenant = "${workspace.id}"
    groups = ["${artists.id}"]
    [[access.rules]]
    role = "operator"
    groups = ["guest"]
    users = ["${invited.id}"]
    [[access.rules]]
    role = "viewer"
    channels = ["${renders.id}"]
  `);
  const daemon = startedDaemon(directory, { BOT: bot.botToken, APP: app.appToken });
  await daemon.said('is connected');

  const answer = async (person: Person, words: string): Promise<string> => {
    const root = person.mentions(renders, words);
    const shown = await renders.shows((message) => message.fromBot, { thread: root });
    return shown.words;
  };
  const refusal = /You may not use/;
  expect(await answer(anna, 'cancel rs_aaaaaaaa')).not.toMatch(refusal);
  expect(await answer(ben, 'cancel rs_aaaaaaaa')).toMatch(refusal);
  expect(await answer(ben, 'models')).toContain('preview');
  expect(await answer(guest, 'cancel rs_aaaaaaaa')).toMatch(refusal);
  expect(await answer(guest, 'models')).toContain('preview');
  expect(await answer(invited, 'cancel rs_aaaaaaaa')).not.toMatch(refusal);
  expect(await answer(stranger, 'models')).toMatch(refusal);

  const clip = await makeClip(join(directory, 'street.mp4'));
  const root = await anna.uploads(renders, [{ name: 'street.mp4', path: clip }], { text: 'A rainy street' });
  const card = await renders.shows((message) => message.controls.length > 0, { thread: root });
  for (const person of [guest, stranger]) {
    await person.clicks(card, 'Run');
    await renders.shows((message) => refusal.test(message.words), { thread: root, viewer: person });
  }
  const runs = await runCosmos(['list', 'runs', '--json'], { directory });
  expect(JSON.parse(runs.out)).toEqual([]);

  // Whoever may not make prompts is told so alone: nobody else is bothered by every video of theirs.
  await stranger.uploads(renders, [{ name: 'street.mp4', path: clip }], { text: 'Mine' });
  await renders.shows((message) => refusal.test(message.words), { viewer: stranger });
  expect(renders.timeline.some((message) => refusal.test(message.words))).toBe(false);
});
