import fc from 'fast-check';
import type { Card, CardAction, CardBlock, Mark, Span, Text } from '../../src/core/ports/chat.ts';

const NASTY = fc.constantFrom(
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  'line\nbreak\r\n\ttab',
  '\0',
  'مرحبا بالعالم',
  '\u202Eevil\u202C',
  '\u2067x',
  '夜の港',
  '👩‍👩‍👧‍👦🌧️',
  'e\u0301\u0301\u0301',
  '\uD800',
  `\u0915${'\u093E'.repeat(30)}`,
  '\u2028',
  '\u007f',
  'a'.repeat(150),
  '· – × …',
);

/** Text as people and machines may send it, the worst included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      NASTY,
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.lorem(),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(' '));

const span: fc.Arbitrary<Span> = fc.oneof(
  anyText,
  fc.record({
    time: fc.integer({ min: -1e13, max: 1e13 }),
    style: fc.constantFrom('clock' as const, 'date' as const, 'ago' as const),
  }),
  fc.record({ mention: anyText, name: anyText }),
  fc.record({ code: anyText }),
  fc.record({ strong: anyText }),
  fc.record({ link: fc.oneof(anyText, fc.webUrl({ withQueryParameters: true })), text: anyText }),
);
const text: fc.Arbitrary<Text> = fc.array(span, { maxLength: 5 });

const block: fc.Arbitrary<CardBlock> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({ type: fc.constant('quote' as const), text: anyText }),
  fc.record({
    type: fc.constant('rows' as const),
    rows: fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('progress' as const), label: text }),
  fc.record({
    type: fc.constant('progress' as const),
    percent: fc.double({ min: -50, max: 200 }),
    label: text,
  }),
  fc.record({ type: fc.constant('log' as const), lines: fc.array(anyText, { maxLength: 12 }) }),
  fc.record({ type: fc.constant('picture' as const), path: anyText, description: anyText }),
);

const action: fc.Arbitrary<CardAction> = fc.record(
  {
    verb: fc.constantFrom('cancel', 'rate'),
    label: anyText,
    target: anyText,
    arguments: fc.array(anyText, { maxLength: 2 }),
  },
  { requiredKeys: ['verb', 'label', 'target'] },
);

const mark = fc.constantFrom<Mark>(
  'none',
  'waiting',
  'running',
  'done',
  'failed',
  'blocked',
  'cancelled',
  'lost',
  'warning',
);

/** Any card, with any text in any place. */
export const anyCard: fc.Arbitrary<Card> = fc.record({
  mark,
  title: text,
  blocks: fc.array(block, { maxLength: 5 }),
  actions: fc.array(action, { maxLength: 7 }),
});

/** Any card, with texts as long as a platform's limits are far. */
export const anyLargeCard: fc.Arbitrary<Card> = fc
  .tuple(anyCard, fc.integer({ min: 2, max: 80 }))
  .map(([{ title, blocks, actions, mark: sign }, times]) => ({
    mark: sign,
    title: grownText(title, times),
    blocks: blocks.map((each) => grownBlock(each, times)),
    actions: actions.map((each) => ({ ...each, label: each.label.repeat(times) })),
  }));

function grownBlock(given: CardBlock, times: number): CardBlock {
  switch (given.type) {
    case 'text':
      return { ...given, text: grownText(given.text, times) };
    case 'quote':
      return { ...given, text: given.text.repeat(times) };
    case 'rows':
      return { ...given, rows: given.rows.map((row) => row.map((cell) => grownText(cell, times))) };
    case 'progress':
      return { ...given, label: grownText(given.label, times) };
    case 'log':
      return { ...given, lines: Array.from({ length: times }, () => given.lines).flat() };
    case 'picture':
      return { ...given, description: given.description.repeat(times) };
  }
}

function grownText(given: Text, times: number): Text {
  return given.map((each) => {
    if (typeof each === 'string') return each.repeat(times);
    if ('code' in each) return { code: each.code.repeat(times) };
    if ('strong' in each) return { strong: each.strong.repeat(times) };
    if ('mention' in each) return { ...each, name: each.name.repeat(times) };
    return each;
  });
}
