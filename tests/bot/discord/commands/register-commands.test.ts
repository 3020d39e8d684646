import { pino } from 'pino';
import { expect, it } from 'vitest';
import { CommandRegistration } from '../../../../src/bot/discord/commands/register-commands.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

it.each<[what: string, look: () => unknown]>([
  ['says nothing that can be understood', () => ({ commands: 2 })],
  [
    'does not answer',
    () => {
      throw new TypeError('fetch failed');
    },
  ],
])('a Discord that %s when it is looked at is believed to have what it was sent', async (_what, look) => {
  const settings = new Map<string, string>();
  const sent: unknown[] = [];
  const registration = new CommandRegistration({
    client: { get: async () => look(), put: async (_lane, _route, { json } = {}) => void sent.push(json) },
    settings: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, value) },
    ...{ clock: new FakeClock(), logger: pino({ level: 'silent' }), guilds: ['1'], models: [] },
  });
  const { signal } = new AbortController();
  await registration.register('42', signal);
  const before = sent.length;
  expect(before).toBeGreaterThan(0);
  await registration.register('42', signal);
  await registration.registerIn('1', '42', signal);
  expect(sent).toHaveLength(before);
});
