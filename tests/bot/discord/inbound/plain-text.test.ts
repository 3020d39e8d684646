import { expect, it } from 'vitest';
import { plainText, withoutMentions } from '../../../../src/bot/discord/inbound/plain-text.ts';

const NAMES = {
  user: (id: string) => (id === '1' ? 'anna' : undefined),
  channel: (id: string) => (id === '2' ? 'renders' : undefined),
};

it.each([
  ['<@1> and <@!1>', '@anna and @anna'],
  ['<@7> in <#2> and <#8>', '@7 in #renders and #8'],
  ['the team <@&9>', 'the team @9'],
  ['<:dance:123> <a:spin:456>', ':dance: :spin:'],
  ['try </cosmos create:789>', 'try /cosmos create'],
  ['a < b > c <no markup>', 'a < b > c <no markup>'],
])('%s is read as %s', (typed, read) => {
  expect(plainText(typed, NAMES)).toBe(read);
});

it.each([
  ['no mention', { all: 'no mention' }],
  ['<@5> list runs', { all: 'list runs', behind: 'list runs' }],
  ['please <@!5> status <@5>', { all: 'please  status', behind: 'status' }],
  ['<@&6> status', { all: 'status', behind: 'status' }],
  ['<@5>', { all: '', behind: '' }],
])('in %s the bot is called, or not', (text, expected) => {
  expect(withoutMentions(text, ['<@5>', '<@!5>', '<@&6>'])).toEqual(expected);
});
