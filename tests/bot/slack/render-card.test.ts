import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlain } from '../../../src/bot/chat/clean-text.ts';
import { parseAction } from '../../../src/bot/slack/action-codec.ts';
import { blockIdPrefix, markOf } from '../../../src/bot/slack/block-ids.ts';
import { LIMITS } from '../../../src/bot/slack/limits.ts';
import { MARKS } from '../../../src/bot/slack/marks.ts';
import { type CardBlocks, type RenderedCard, renderCard } from '../../../src/bot/slack/render-card.ts';
import type { Card, CardBlock, Text } from '../../../src/core/ports/chat.ts';
import { checkMessageBlocks, elementsOf } from '../../fakes/slack/block-check.ts';
import { anyCard } from '../arbitrary-card.ts';

const PREFIX = blockIdPrefix({ hash: 'a'.repeat(32), key: 'status:rs_00000000', nonce: 'n1' });

function render(card: Partial<Card>, pictures?: (path: string) => string | undefined): RenderedCard {
  const whole: Card = { mark: 'none', title: ['A card'], blocks: [], actions: [], ...card };
  return renderCard(whole, { blockIds: PREFIX, ...(pictures && { pictures }) });
}

const rendered = (...blocks: CardBlock[]) => render({ blocks }).blocks[1];

/** Blocks, text and buttons within what Slack takes, as Slack itself checks it. */
function expectWithinLimits({ text, blocks }: RenderedCard): void {
  checkMessageBlocks(structuredClone(blocks));
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(LIMITS.text);
  expect(blocks.length).toBeLessThanOrEqual(LIMITS.blocks);
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(13_200);
  expect(JSON.stringify(blocks).isWellFormed()).toBe(true);
  const buttons = buttonsOf(blocks);
  expect(new Set(buttons.map(({ action_id }) => action_id)).size).toBe(buttons.length);
  for (const { value = '', text: label } of buttons) {
    expect(value.length).toBeLessThanOrEqual(LIMITS.buttonValue);
    expect(label.text.length).toBeLessThanOrEqual(LIMITS.buttonText);
  }
  for (const { block_id = '' } of blocks) expect(block_id.length).toBeLessThanOrEqual(LIMITS.identifier);
  for (const each of textsOf(blocks)) {
    expect(each.length).toBeGreaterThan(0);
    expect(each.length).toBeLessThanOrEqual(LIMITS.blockText);
  }
}

function buttonsOf(blocks: readonly CardBlocks[]) {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.filter((element) => element.type === 'button') : [],
  );
}

function textsOf(blocks: readonly CardBlocks[]): string[] {
  return blocks.flatMap((block) =>
    block.type === 'rich_text'
      ? block.elements.flatMap(({ elements }) =>
          elements.flatMap((element) =>
            'text' in element && element.text !== undefined ? [element.text] : [],
          ),
        )
      : [],
  );
}

/** What stands in the title's block. */
function titleOf({ blocks: [first] }: RenderedCard) {
  if (first?.type !== 'rich_text' || first.elements[0]?.type !== 'rich_text_section')
    throw new Error('no title');
  return first.elements[0].elements;
}

describe('a card in blocks', () => {
  it('is within all limits of Slack whatever it holds, and keeps title, mark and first action', () => {
    const pictures = (path: string) => (path === '' ? undefined : 'F0123456789');
    fc.assert(
      fc.property(anyCard, (card) => {
        const result = renderCard(card, { blockIds: PREFIX, pictures });
        expectWithinLimits(result);
        const title = titleOf(result);
        const mark = MARKS[card.mark];
        if (mark !== undefined) expect(title[0]).toEqual({ type: 'emoji', name: mark.emoji });
        const shown = title.map((each) => ('text' in each ? each.text : '')).join('');
        const firstSpan = card.title.find((span) => typeof span === 'string' && toPlain([span]) !== '');
        if (typeof firstSpan === 'string' && !firstSpan.includes('http'))
          expect(shown).toContain(toPlain([firstSpan]).slice(0, 500));
        const [action] = card.actions;
        if (action !== undefined) {
          const [button] = buttonsOf(result.blocks);
          expect(parseAction(button?.action_id ?? '', button?.value)).toMatchObject({
            verb: action.verb,
            target: action.target.toWellFormed() === action.target ? action.target : expect.any(String),
          });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of the worst sizes is within all limits', () => {
    const many = Array.from({ length: 4_000 }, (_each, index): Text[number] => ({
      strong: `"${index % 10}`,
    }));
    const log: CardBlock = {
      type: 'log',
      lines: Array.from({ length: 5_000 }, (_each, index) => `"${index}" \\`),
    };
    const actions = Array.from({ length: 60 }, (_each, index) => ({
      verb: 'show',
      label: 'L'.repeat(200),
      target: `rs_${index}`,
      arguments: ['"'.repeat(index * 10)],
    }));
    const worst = [
      render({ title: many, blocks: [{ type: 'text', text: many }, log], actions }),
      render({ title: ['x'.repeat(50_000)], blocks: [log, { type: 'quote', text: '"'.repeat(20_000) }] }),
      render(
        {
          blocks: Array.from(
            { length: 80 },
            (): CardBlock => ({ type: 'picture', path: 'p', description: 'd'.repeat(5_000) }),
          ),
        },
        () => 'F0123456789',
      ),
      render({
        title: [],
        blocks: [{ type: 'rows', rows: Array.from({ length: 500 }, () => [[{ time: 0, style: 'ago' }]]) }],
      }),
    ];
    for (const each of worst) expectWithinLimits(each);
    expect(buttonsOf(worst[0]?.blocks ?? []).length).toBeGreaterThan(10);
  });

  it('shows times in the reader’s own zone, and mentions people', () => {
    const time = Date.UTC(2026, 10, 20, 14, 2);
    const { text, blocks } = render({
      title: ['since ', { time, style: 'clock' }, ' ', { mention: 'U0ANNA', name: 'anna' }],
      blocks: [
        {
          type: 'text',
          text: [
            { time, style: 'ago' },
            { mention: '<!channel>', name: 'x' },
          ],
        },
      ],
    });
    expect(titleOf({ text, blocks })).toEqual([
      { type: 'text', text: 'since ' },
      {
        type: 'date',
        timestamp: time / 1000,
        format: '{date_short_pretty} at {time}',
        fallback: '2026-11-20 14:02 UTC',
      },
      { type: 'text', text: ' ' },
      { type: 'user', user_id: 'U0ANNA' },
    ]);
    expect(text).toBe(
      `since <!date^${time / 1000}^{date_short_pretty} at {time}|2026-11-20 14:02 UTC> <@U0ANNA>\n<!date^${time / 1000}^{ago}|2026-11-20 14:02 UTC>@x`,
    );
  });

  it('lets nobody smuggle markup: neither into blocks nor into the notification', () => {
    const evil = '<!channel> <@U0BEN> & *bold* `code` <https://evil.example|click>';
    const { text, blocks } = render({ title: [evil], blocks: [{ type: 'quote', text: evil }] });
    expect(text).toContain('&lt;!channel&gt; &lt;@U0BEN&gt; &amp; *bold*');
    expect(text).not.toMatch(/<[!@]/);
    expect(blocks[1]).toMatchObject({ elements: [{ type: 'rich_text_quote', elements: [{ text: evil }] }] });
    expect(JSON.stringify(blocks)).not.toContain('"user"');
  });

  it('tells the title in the notification however much has to be escaped', () => {
    expect(render({ title: ['&'.repeat(3_000)] }).text).toMatch(/^(&amp;){400,}…$/);
  });

  it('makes addresses links, without the stop behind them', () => {
    expect(rendered({ type: 'text', text: ['full file: https://cosmos.example/f/1?x=2.'] })).toMatchObject({
      elements: [
        {
          elements: [
            { type: 'text', text: 'full file: ' },
            { type: 'link', url: 'https://cosmos.example/f/1?x=2' },
            { type: 'text', text: '.' },
          ],
        },
      ],
    });
  });

  it('draws progress as a bar with its words', () => {
    const label: Text = ['denoising'];
    expect(rendered({ type: 'progress', percent: 46, label })).toMatchObject({
      elements: [
        {
          elements: [
            { text: '█████████░░░░░░░░░░░ 46 %', style: { code: true } },
            { text: '  ' },
            { text: 'denoising' },
          ],
        },
      ],
    });
    expect(JSON.stringify(rendered({ type: 'progress', label }))).toContain('"░░░░░░░░░░░░░░░░░░░░"');
    expect(JSON.stringify(rendered({ type: 'progress', percent: 99.9, label }))).toContain('░ 99 %');
  });

  it('aligns rows, and shows their times behind them in the reader’s zone', () => {
    const rows = [
      [['color'], ['street.mp4'], ['1280×704']],
      [['depth_map'], ['夜.mp4'], ['same']],
    ];
    expect(rendered({ type: 'rows', rows })).toMatchObject({
      elements: [
        {
          type: 'rich_text_preformatted',
          elements: [{ text: 'color      street.mp4  1280×704\ndepth_map  夜.mp4      same' }],
        },
      ],
    });
    const timed = [
      [['a'], ['done'], [{ time: 0, style: 'ago' as const }]],
      [['bcd'], ['failed'], [{ time: 1000, style: 'ago' as const }]],
    ];
    expect(rendered({ type: 'rows', rows: timed })).toMatchObject({
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { text: 'a\u00A0\u00A0\u00A0\u00A0done', style: { code: true } },
            { text: '  ' },
            { type: 'date', timestamp: 0 },
            { text: '\n' },
            { text: 'bcd\u00A0\u00A0failed' },
            { text: '  ' },
            { type: 'date', timestamp: 1 },
          ],
        },
      ],
    });
  });

  it('shows a log as it is, fences and all, and its newest lines where it is long', () => {
    const fences = ['```', '\u001b[32mgreen\u001b[0m <b>', '\u202Eevil'];
    expect(rendered({ type: 'log', lines: fences })).toMatchObject({
      elements: [{ type: 'rich_text_preformatted', elements: [{ text: '```\ngreen <b>\nevil' }] }],
    });
    const long = Array.from({ length: 1_000 }, (_each, index) => `line ${index}`);
    const text = JSON.stringify(rendered({ type: 'log', lines: long }));
    expect(text).toContain('line 999"');
    expect(text).not.toContain('line 1\\n');
  });

  it('shows pictures that Slack has, between the texts around them', () => {
    const picture: CardBlock = { type: 'picture', path: '/poster.jpg', description: 'Still of street' };
    const words: CardBlock = { type: 'text', text: ['words'] };
    const types = (pictures: (path: string) => string | undefined) =>
      render({ blocks: [words, picture, words] }, pictures).blocks.map(({ type }) => type);
    expect(types(() => 'F0123456789')).toEqual(['rich_text', 'rich_text', 'image', 'rich_text']);
    expect(types(() => undefined)).toEqual(['rich_text', 'rich_text']);
  });

  it('has buttons that say what they do', () => {
    const { blocks } = render({
      actions: [
        { verb: 'rate', label: '★', target: 'rs_00000000', arguments: ['5', 'a "b"'], style: 'primary' },
        { verb: 'rate', label: '', target: 'rs_00000000' },
        { verb: 'show', label: 'too much', target: 'x'.repeat(3_000) },
      ],
    });
    const [first, second, ...rest] = elementsOf(structuredClone(blocks).map((block) => ({ ...block }))).map(
      ({ element }) => element,
    );
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ action_id: 'cosmos.0.rate', style: 'primary' });
    expect(second).toMatchObject({ text: { text: 'rate' } });
    expect(parseAction('cosmos.0.rate', String(first?.['value']))).toEqual({
      verb: 'rate',
      target: 'rs_00000000',
      arguments: ['5', 'a "b"'],
    });
  });

  it('has ids that tell the card and the key', () => {
    const [first] = render({}).blocks;
    expect(markOf(first?.block_id)).toEqual({
      hash: 'a'.repeat(32),
      keyHash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(markOf(`${blockIdPrefix({ hash: 'b'.repeat(32), nonce: 'x' })}0`)).toEqual({
      hash: 'b'.repeat(32),
    });
    expect(markOf('somebody else’s')).toBeUndefined();
  });
});

describe('a click', () => {
  it('is read only where it was written by a card', () => {
    for (const value of [
      undefined,
      '',
      '{',
      '[]',
      '["rate"]',
      '[1,2]',
      '["rate","rs_1",5]',
      '{"verb":"rate"}',
    ]) {
      expect(parseAction('cosmos.0.rate', value)).toBeUndefined();
    }
    expect(parseAction('modal.0.rate', '["rate","rs_1"]')).toBeUndefined();
    expect(parseAction('cosmos.0.rate', '["rate","rs_1"]')).toEqual({
      verb: 'rate',
      target: 'rs_1',
      arguments: [],
    });
  });
});
