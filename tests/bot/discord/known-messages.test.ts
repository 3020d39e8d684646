import { expect, it } from 'vitest';
import { KnownMessages } from '../../../src/bot/discord/known-messages.ts';

it('the messages that were seen last are known, however many there were', () => {
  const known = new KnownMessages();
  const see = (id: string): void => {
    known.remember({ id, author: '1', mark: undefined, attachments: [] });
  };
  for (let id = 0; id < 2_000; id++) see(String(id));
  see('0');
  see('new');
  expect(known.get('0')).toBeDefined();
  expect(known.get('1')).toBeUndefined();
  expect(known.get('2')).toBeDefined();
  known.forget('2');
  expect(known.get('2')).toBeUndefined();
});
