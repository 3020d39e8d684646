import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, withoutMention } from '../../../../src/bot/slack/inbound/plain-text.ts';

const nobody = (): undefined => undefined;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe('what somebody typed', () => {
  it.each([
    ['a person with a label', '<@U1|ben>', '@ben'],
    ['a person who is known', '<@U1>', '@anna'],
    ['a person who is not', '<@U2>', '@U2'],
    ['a channel', 'see <#C1|renders> and <#C2>', 'see #renders and #C2'],
    ['everybody', '<!here> <!subteam^S1|@artists> <!subteam^S2>', '@here @artists @subteam'],
    ['a date', '<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
    ['a word that looked like a link', '<http://a.com|a.com>', 'a.com'],
    ['an address', '<mailto:a@b.c|a@b.c>', 'a@b.c'],
    ['a link', '<https://a.com/x?a=1&amp;b=2>', 'https://a.com/x?a=1&b=2'],
    ['a link with a text of its own', '<https://a.com|here>', 'https://a.com'],
    ['what was escaped', 'a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
    ['an escaped mention', '&lt;@U1&gt;', '<@U1>'],
    ['a lone bracket', 'a < b', 'a < b'],
  ])('is words: %s', (_what, text, words) => {
    expect(plainText(text, (id) => (id === 'U1' ? 'anna' : undefined))).toBe(words);
  });

  it('is what it was, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(plainText(escaped(text), nobody)).toBe(text);
      }),
    );
  });
});

describe('a mention', () => {
  it.each([
    ['nobody', 'hello', { all: 'hello' }],
    ['another', '<@U2> hello', { all: '<@U2> hello' }],
    ['a name that begins alike', '<@UBOT2> hello', { all: '<@UBOT2> hello' }],
    ['the bot alone', '<@UBOT>', { all: '', behind: '' }],
    ['the bot first', '<@UBOT|cosmos>  status ', { all: 'status', behind: 'status' }],
    [
      'the bot in between',
      'hey <@UBOT> cancel <@UBOT> rs_1',
      { all: 'hey  cancel  rs_1', behind: 'cancel  rs_1' },
    ],
    ['the bot last', 'snow on the road <@UBOT>', { all: 'snow on the road', behind: '' }],
    ['the bot above a text', '<@UBOT>\nsnow\nand rain', { all: 'snow\nand rain', behind: 'snow\nand rain' }],
  ])('of %s', (_whom, text, expected) => {
    expect(withoutMention(text, 'UBOT')).toEqual(expected);
  });
});
