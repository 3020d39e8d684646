import { ButtonStyle } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardHash, shortHash } from '../../../src/bot/chat/card-hash.ts';
import { parseAction, toButton } from '../../../src/bot/discord/action-codec.ts';
import { LIMITS } from '../../../src/bot/discord/limits.ts';
import { MARKS } from '../../../src/bot/discord/marks.ts';
import { markOf } from '../../../src/bot/discord/message-mark.ts';
import { renderCard } from '../../../src/bot/discord/render-card.ts';
import type { Card, CardBlock, Text } from '../../../src/core/ports/chat.ts';
import { checkMessage } from '../../fakes/discord/checks/message-check.ts';
import { anyCard, anyLargeCard } from '../arbitrary-card.ts';
import { checkByDiscordJs } from './discord-js-checks.ts';

const keyHash = shortHash('key');
const ANNA = '100000000000000001';
const BEN = '100000000000000002';

function card(title: Text, blocks: readonly CardBlock[] = [], more: Partial<Card> = {}): Card {
  return { mark: 'none', title, blocks, actions: [], ...more };
}

function shown(blocks: readonly CardBlock[]): string {
  return renderCard(card(['Title'], blocks), { keyHash }).embeds[0]?.description ?? '';
}

function textOf(...text: Text): string {
  return shown([{ type: 'text', text }]);
}

describe('a card on Discord', () => {
  it('is within all limits, whatever is in it', () => {
    fc.assert(
      fc.property(fc.oneof(anyCard, anyLargeCard), fc.boolean(), (any, hasPictures) => {
        const body = renderCard(any, {
          keyHash,
          pictures: (path) => (hasPictures ? shortHash(path) : undefined),
        });
        checkMessage({ ...body });
        checkByDiscordJs(body);
        expect(body.content.length).toBeLessThanOrEqual(LIMITS.content);
        const description = body.embeds[0]?.description ?? '';
        expect(description.length).toBeGreaterThan(0);
        expect(description.length).toBeLessThanOrEqual(LIMITS.description);
        expect(markOf(body.embeds[0]?.url)).toEqual({ hash: cardHash(any), keyHash });
        expect(body.allowed_mentions.parse).toEqual([]);
        expect(body.allowed_mentions.users.length).toBeLessThanOrEqual(1);
        expect(`${body.content}${description}`.isWellFormed()).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is within all limits where everything in it has to be escaped', () => {
    const nasty = '*_~`|<>[]()#\\@everyone'.repeat(200);
    for (const block of [
      { type: 'text', text: [nasty] },
      { type: 'text', text: [{ strong: nasty }] },
      { type: 'text', text: [{ code: nasty }] },
      { type: 'quote', text: `${nasty}\n${nasty}` },
      { type: 'log', lines: [nasty, '```', nasty] },
      { type: 'rows', rows: [[[nasty], ['b']]] },
    ] as const) {
      checkMessage({ ...renderCard(card([nasty], [block, block]), { keyHash }) });
    }
  });

  it('has no more than there is room for, to the last character', () => {
    const stars = { type: 'text' as const, text: ['*'.repeat(1_000)] };
    // The last pair has no room for its second half.
    expect(shown([stars, stars, stars])).toHaveLength(LIMITS.description - 1);
    const rest = { type: 'text' as const, text: ['x'.repeat(85)] };
    const bar = { type: 'progress' as const, percent: 50, label: ['half'] };
    expect(shown([stars, stars, rest, bar])).not.toContain('█');
    expect(shown([stars, stars, bar])).toContain('█');
    const time = { time: 1_000_000, style: 'ago' as const };
    const rows = {
      type: 'rows' as const,
      rows: [
        [['a'], [time]],
        [['x'.repeat(90)], [time]],
        [['b'], [time]],
      ],
    };
    const text = shown([stars, stars, rows]);
    expect(text.endsWith('\n`a` <t:1000:R>')).toBe(true);
  });

  it('says its title in the text, which is what a notification shows', () => {
    const body = renderCard(card(['Finished'], [{ type: 'text', text: ['5 s'] }], { mark: 'done' }), {
      keyHash,
    });
    expect(body.content).toBe('✅ Finished');
    expect(body.embeds[0]?.color).toBe(MARKS.done.color);
    expect(renderCard(card(['Title']), { keyHash }).embeds[0]).not.toHaveProperty('color');
    expect(body.embeds[0]?.description).toBe('5 s');
  });

  it('tells only the first of those whom it mentions', () => {
    const text = [{ mention: ANNA, name: 'anna' }, ' ', { mention: BEN, name: 'ben' }];
    const body = renderCard(card(['Title'], [{ type: 'text', text }]), { keyHash });
    expect(body.allowed_mentions).toEqual({ parse: [], users: [ANNA] });
    expect(body.content).toBe(`Title <@${ANNA}>`);
  });

  it('takes no text of people for markup', () => {
    expect(textOf('**bold** <@1> [a](https://b.example) # x')).toBe(
      '\\*\\*bold\\*\\* \\<@\u200B1\\> \\[a\\]\\(https://b.example\\) \\# x',
    );
    expect(textOf('- one')).toBe('\\- one');
    expect(textOf('1. one')).toBe('1\\. one');
    expect(textOf(' 12) one')).toBe('12\\) one');
    expect(textOf({ strong: 'a*b' })).toBe('**a\\*b**');
    expect(textOf({ code: 'a`b' })).toBe("`a'b`");
  });

  it('keeps addresses as they are, but for those that would be markup', () => {
    expect(textOf('see https://example.com/a_b?c=d_e.')).toBe('see https://example.com/a_b?c=d_e.');
    expect(textOf('https://example.com/**a**')).toBe('https://example.com/\\*\\*a\\*\\*');
    expect(textOf('a||b|| ~~c~~')).toBe('a\\|\\|b\\|\\| \\~\\~c\\~\\~');
  });

  it('cuts no address, which would lead elsewhere', () => {
    const text = `${'x'.repeat(1_490)} https://example.com/a`;
    const { content } = renderCard(card([text], [{ type: 'text', text: ['y'] }]), { keyHash });
    expect(content.endsWith('x …')).toBe(true);
  });

  it('divides no escape where it cuts, and says that something is missing', () => {
    const shownAt = (length: number): string =>
      renderCard(card(['*'.repeat(length)], [{ type: 'text', text: ['y'] }]), { keyHash }).content;
    expect(shownAt(750)).toBe('\\*'.repeat(750));
    expect(shownAt(751)).toBe(`${'\\*'.repeat(749)}…`);
    const title = ['x', '*'.repeat(750)];
    const { content } = renderCard(card(title, [{ type: 'text', text: ['y'] }]), { keyHash });
    expect(content).toBe(`x${'\\*'.repeat(749)}…`);
  });

  it('quotes as far as there is room, to the end of what is shown', () => {
    const quote = `${'*'.repeat(3_000)}\nsecond`;
    const text = shown([{ type: 'quote', text: quote }]);
    expect(text.endsWith('\\*…')).toBe(true);
    expect(shown([{ type: 'quote', text: 'a\n\nb' }])).toBe('> a\n> \n> b');
    expect(shown([{ type: 'quote', text: ' \n ' }])).toBe('Title');
  });

  it('cuts no character in two', () => {
    const code = (text: string): string =>
      renderCard(card([{ code: text }], [{ type: 'text', text: ['y'] }]), { keyHash }).content;
    expect(code(`${'x'.repeat(1_496)}🌧🌧`)).toBe(`\`${'x'.repeat(1_496)}…\``);
  });

  it('shows four pictures, each once', () => {
    const pictures = ['a', 'b', 'a', 'c', 'd', 'e'].map((path) => ({
      ...{ type: 'picture' as const, path, description: '' },
    }));
    const { embeds } = renderCard(card(['Title'], pictures), { keyHash, pictures: (path) => `${path}.jpg` });
    expect(embeds.map(({ image }) => image?.url)).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => `attachment://${name}.jpg`),
    );
    expect(new Set(embeds.map(({ url }) => url)).size).toBe(1);
  });

  it('lets no backtick at the end of a log end it', () => {
    expect(shown([{ type: 'log', lines: ['a `b`'] }])).toBe("```\na `b'\n```");
  });

  it('shows times in the zone of whoever reads', () => {
    const time = Date.UTC(2026, 10, 20, 9);
    expect(textOf({ time, style: 'ago' })).toBe(`<t:${time / 1000}:R>`);
  });

  it('keeps a log together, its newest lines where there is no room for all', () => {
    const lines = Array.from({ length: 500 }, (_each, index) => `line ${index} \`\`\``);
    const text = shown([{ type: 'log', lines }]);
    expect(text).toContain('line 499');
    expect(text).not.toContain('line 1 ');
    // Longer when three backticks end nothing.
    const longer = shown([{ type: 'log', lines: [...Array.from({ length: 800 }, () => '```'), 'the end'] }]);
    expect(longer.startsWith('```\n…')).toBe(true);
    expect(longer.endsWith('\nthe end\n```')).toBe(true);
    expect(longer).toHaveLength(LIMITS.description);
    expect(text.match(/```/g)).toHaveLength(2);
  });

  it('shows rows aligned, and times behind them', () => {
    expect(
      shown([
        {
          type: 'rows',
          rows: [
            [['a'], ['bb']],
            [['ccc'], ['d']],
          ],
        },
      ]),
    ).toBe('```\na    bb\nccc  d\n```');
    const time = 1_000_000;
    expect(shown([{ type: 'rows', rows: [[['a b'], [{ time, style: 'ago' }]]] }])).toBe(
      '`a\u00A0b` <t:1000:R>',
    );
  });
});

describe('a button', () => {
  it('brings back the action of the card, whatever it is', () => {
    const part = fc.string({ unit: 'grapheme', maxLength: 12 });
    fc.assert(
      fc.property(part, fc.array(part, { maxLength: 2 }), (target, words) => {
        const button = toButton({ verb: 'rate', label: 'x', target, arguments: words }, 24);
        fc.pre(button !== undefined);
        expect(parseAction(button?.custom_id ?? '')).toEqual({
          verb: 'rate',
          target: target.toWellFormed(),
          arguments: words.map((each) => each.toWellFormed()),
        });
      }),
    );
  });

  it('has the colour of what it does', () => {
    const styleOf = (style?: 'primary' | 'danger') =>
      toButton({ verb: 'show', label: 'Show', target: '', ...(style && { style }) }, 0)?.style;
    expect([styleOf('primary'), styleOf('danger'), styleOf()]).toEqual([
      ButtonStyle.Primary,
      ButtonStyle.Danger,
      ButtonStyle.Secondary,
    ]);
  });

  it('may be about anything, also what is no whole text', () => {
    const button = toButton({ verb: 'show', label: 'Show', target: '\uD800' }, 0);
    expect(button?.custom_id.isWellFormed()).toBe(true);
    expect(toButton({ verb: '', label: 'Show', target: 'x' }, 0)).toBeUndefined();
  });

  it('is left out where Discord cannot carry its action', () => {
    expect(toButton({ verb: 'show', label: 'Show', target: 'x'.repeat(100) }, 0)).toBeUndefined();
  });

  it.each(['', 'x', 'other|0|show|rs_1', 'cosmos|0'])('of somebody else means nothing: %j', (customId) => {
    expect(parseAction(customId)).toBeUndefined();
  });
});
