import { describe, expect, it } from 'vitest';
import { toMarkdown } from '../../../src/bot/discord/markdown.ts';
import { renderCard as onDiscord } from '../../../src/bot/discord/render-card.ts';
import { renderCard as onSlack } from '../../../src/bot/slack/render-card.ts';
import { toElements, toMarkup } from '../../../src/bot/slack/spans.ts';
import { clipCard } from '../../../src/bot/thread-view/clip-card.ts';
import type { Card, Text } from '../../../src/core/ports/chat.ts';
import { rendered } from '../terminal/rendered.ts';

const URL =
  'https://cosmos.example.com/files/rs_3fq8w1zz/0/rainy__street.mp4?expires=1795775165&signature=ab12';
const LINK = { link: URL, text: 'rainy__street (1).mp4' };
const WIDE = 100_000;

function cardOf(text: Text): Card {
  return { mark: 'none', title: ['Result'], blocks: [{ type: 'text', text }], actions: [] };
}

describe('a link under words', () => {
  it('is a link on Slack, also where there are no blocks', () => {
    expect(toElements([LINK])).toEqual([{ type: 'link', url: URL, text: LINK.text }]);
    expect(toMarkup([LINK])).toBe(`<${URL.replaceAll('&', '&amp;')}|${LINK.text}>`);
  });

  it('is a link on Discord, and its words are no markup', () => {
    expect(toMarkdown([LINK], WIDE)).toBe(`[rainy\\_\\_street \\(1\\).mp4](${URL})`);
  });

  it('shows its address in a terminal', () => {
    expect(rendered(cardOf([{ link: 'http://localhost/a', text: 'a.mp4' }]))).toContain(
      'a.mp4 (http://localhost/a)',
    );
  });

  it('ends nothing with what is in its address', () => {
    const link = { link: 'https://cosmos.example.com/a)b>c|d e', text: 'a' };
    expect(toMarkdown([link], WIDE)).toBe('[a](https://cosmos.example.com/a%29b%3Ec%7Cd%20e)');
    expect(toMarkup([link])).toBe('<https://cosmos.example.com/a%29b%3Ec%7Cd%20e|a>');
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'no address', ''])(
    'is its words alone for %j',
    (link) => {
      expect(toElements([{ link, text: 'a' }])).toEqual([{ type: 'text', text: 'a' }]);
      expect(toMarkup([{ link, text: 'a' }])).toBe('a');
      expect(toMarkdown([{ link, text: 'a' }], WIDE)).toBe('a');
    },
  );

  it('is there as a whole or not at all', () => {
    for (const room of [10, 40, 100]) expect(toMarkdown([LINK], room)).toBe('…');
    const long = cardOf(['x'.repeat(60), LINK]);
    const limits = { maxCardCharacters: 100, maxButtons: 5 };
    expect(JSON.stringify(clipCard(long, limits))).not.toContain('https');
    expect(JSON.stringify(clipCard(cardOf([LINK]), { ...limits, maxCardCharacters: 200 }))).toContain(URL);
  });

  it('can be followed in a row of a table too', () => {
    const rows = [
      [['state'], ['done']],
      [['video'], [LINK]],
    ];
    const card: Card = { ...cardOf([]), blocks: [{ type: 'rows', rows }] };
    expect(JSON.stringify(onSlack(card, { blockIds: 'b' }).blocks)).toContain(`"type":"link","url":"${URL}"`);
    const text = onDiscord(card, { keyHash: '0123456789' }).embeds[0]?.description;
    expect(text).toContain(`](${URL})`);
    expect(text).not.toContain('```');
  });
});
