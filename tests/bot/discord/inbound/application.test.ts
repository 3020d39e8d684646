import { expect, it } from 'vitest';
import { intentsFor, openWays } from '../../../../src/bot/discord/inbound/application.ts';

const ALWAYS = ['a direct message', '"Use as prompt" in the menu of a message', '/cosmos create with files'];

it('the ways for files are said as they are open', () => {
  expect(openWays(true, [])).toEqual([
    'a message with a video wherever the bot may read',
    'a message that mentions the bot',
    ...ALWAYS,
  ]);
  expect(openWays(true, ['1', '2'])[0]).toBe('a message with a video in 1, 2');
  expect(openWays(false, ['1'])).toEqual([
    'a message that mentions the bot (a posted video alone is not seen: the Message Content Intent is off)',
    ...ALWAYS,
  ]);
});

it('the privileged intent is asked for where it is on, and nothing else that is privileged', () => {
  expect(intentsFor(false)).toBe((1 << 0) | (1 << 9) | (1 << 12));
  expect(intentsFor(true)).toBe((1 << 0) | (1 << 9) | (1 << 12) | (1 << 15));
});
