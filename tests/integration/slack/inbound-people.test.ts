import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { Listening } from './listening.ts';

const ALWAYS = { times: Number.POSITIVE_INFINITY };
const unknown = (id: string) => ({ id, name: id, groups: [] });
const calls = ({ slack }: Studio, method: string): number =>
  slack.calls.all.filter((call) => call.method === method).length;

describe('somebody', () => {
  it('is in their user groups; guests and people of other organisations are in groups of their own', async () => {
    const studio = await openStudio();
    const { slack, workspace, anna, ben } = studio;
    const { people } = new Listening(studio);
    const artists = workspace.addGroup('artists', [anna.id, ben.id]);
    const leads = workspace.addGroup('leads', [anna.id]);
    ben.account.isUltraRestricted = true;
    const cleo = slack.addPerson(workspace, 'cleo', { isRestricted: true });
    const zoe = slack.addPerson(workspace, 'zoe', { teamId: 'T0THER000' });
    expect(await people.person(unknown(anna.id))).toEqual({
      id: anna.id,
      name: 'anna',
      groups: [artists.id, leads.id],
    });
    expect((await people.person(unknown(ben.id))).groups).toEqual(['guest', artists.id]);
    expect((await people.person(unknown(cleo.id))).groups).toEqual(['guest']);
    expect((await people.person(unknown(zoe.id))).groups).toEqual(['stranger']);
    expect((await people.person(unknown('U0NOBODY0'))).groups).toEqual(['stranger']);
  });

  it('is remembered for five minutes, and asked for once by many', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { workspace, anna } = studio;
    const { people } = new Listening(studio, { clock });
    expect(people.known(anna.id, 'ann')).toEqual({ id: anna.id, name: 'ann', groups: [] });
    await Promise.all(Array.from({ length: 20 }, () => people.person(unknown(anna.id))));
    expect([calls(studio, 'users.info'), calls(studio, 'usergroups.list')]).toEqual([1, 1]);
    const group = workspace.addGroup('late', [anna.id]);
    clock.advance(5 * 60_000 - 1);
    expect((await people.person(unknown(anna.id))).groups).toEqual([]);
    clock.advance(1);
    expect((await people.person(unknown(anna.id))).groups).toEqual([group.id]);
    expect(people.known(anna.id)).toEqual({ id: anna.id, name: 'anna', groups: [group.id] });
  });

  it('is who they were for an hour while Slack does not answer, and nobody after it', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack, anna, ben } = studio;
    const { people } = new Listening(studio, { clock });
    anna.account.isRestricted = true;
    await people.person(unknown(anna.id));
    const outage = slack.injections.inject('users.info', trouble.refused('internal_error'), ALWAYS);
    await expect(people.person(unknown(ben.id))).rejects.toMatchObject({ code: 'chat.unavailable' });
    clock.advance(59 * 60_000);
    expect((await people.person(unknown(anna.id))).groups).toEqual(['guest']);
    clock.advance(60_000);
    await expect(people.person(unknown(anna.id))).rejects.toMatchObject({ code: 'chat.unavailable' });
    outage.stop();
    expect((await people.person(unknown(anna.id))).groups).toEqual(['guest']);
  });

  it('is in no user group where Slack does not tell them, which is said once', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const listening = new Listening(studio, { clock });
    studio.workspace.addGroup('artists', [studio.anna.id]);
    studio.bot.scopes = studio.bot.scopes.filter((scope) => scope !== 'usergroups:read');
    expect((await listening.people.person(unknown(studio.anna.id))).groups).toEqual([]);
    clock.advance(5 * 60_000);
    await listening.people.person(unknown(studio.anna.id));
    expect(listening.said.filter((line) => line.includes('user groups'))).toHaveLength(1);
  });
});
