import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { progressBar, renderCard } from '../../../src/bot/terminal/render-card.ts';
import type { Card, CardBlock } from '../../../src/core/ports/chat.ts';
import { anyCard } from '../arbitrary-card.ts';
import { NOW } from '../samples.ts';
import { rendered, SETTINGS } from './rendered.ts';

function cardOf(...blocks: CardBlock[]): Card {
  return { mark: 'none', title: ['title'], blocks, actions: [] };
}

/** Spaces at the place of a line break may differ. */
function withoutSpaces(lines: readonly string[]): string {
  return lines.join('').replaceAll(/\s+/g, '');
}

describe('any card', () => {
  test('fits the width of any terminal', () => {
    fc.assert(
      fc.property(
        anyCard,
        fc.integer({ min: 10, max: 200 }),
        fc.boolean(),
        fc.boolean(),
        (card, width, color, unicode) => {
          for (const line of renderCard(card, { ...SETTINGS, width, color, unicode })) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('holds no control character, with colours none but colours', () => {
    const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    fc.assert(
      fc.property(anyCard, fc.integer({ min: 20, max: 120 }), fc.boolean(), (card, width, unicode) => {
        const plain = renderCard(card, { ...SETTINGS, width, unicode, color: false });
        expect(plain.join('')).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
        const coloured = renderCard(card, { ...SETTINGS, width, unicode, color: true });
        expect(coloured.join('').replaceAll(colours, '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
        expect(withoutSpaces(coloured.map(stripVTControlCharacters))).toBe(withoutSpaces(plain));
      }),
      { numRuns: 500 },
    );
  });

  test('is ASCII where the terminal is', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        expect(renderCard(card, { ...SETTINGS, unicode: false }).join('')).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('text of people', () => {
  test('cannot drive the terminal', () => {
    const card = cardOf(
      { type: 'quote', text: 'a\u001b[2Jb\u0007c\u009bd' },
      { type: 'log', lines: ['\u001b[31mred\r10%'] },
    );
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      title
        ▏ a␛[2Jb␇c�d
        │ ␛[31mred 10%
      "
    `);
    expect(rendered(card, { unicode: false })).toContain('| a^[[2Jb^Gc?d');
  });

  test('that runs from right to left is contained, and its direction marks are removed', () => {
    const [, line] = renderCard(cardOf({ type: 'text', text: ['مرحبا\u202Eabc', ' · 24 fps'] }), SETTINGS);
    expect(line).toBe('  \u2068مرحباabc\u2069 · 24 fps');
  });

  test('of several lines stays in its place, one line each in a quote, one line in all elsewhere', () => {
    const card = cardOf({ type: 'quote', text: 'one\r\ntwo\nthree' }, { type: 'text', text: ['one\ntwo'] });
    expect(renderCard(card, SETTINGS).slice(1)).toEqual(['  ▏ one', '  ▏ two', '  ▏ three', '  one two']);
  });

  test('that is empty is left out of a command', () => {
    const actions = [{ verb: 'inference', target: '', label: 'Run a prompt' }];
    expect(renderCard({ ...cardOf(), actions }, SETTINGS).at(-1)).toBe('  → Run a prompt: /cosmos inference');
  });

  test('with spaces is quoted in a command', () => {
    const actions = [{ verb: 'inference', target: 'ps_1', label: 'Run', arguments: ['a "b" c'] }];
    expect(renderCard({ ...cardOf(), actions }, SETTINGS).at(-1)).toBe(
      '  → Run: /cosmos inference ps_1 "a \\"b\\" c"',
    );
  });
});

describe('rows', () => {
  test('are aligned by columns on the screen, not by characters', () => {
    const rows = [
      [['夜の港'], ['1']],
      [['harbour'], ['2']],
      [['👩‍👩‍👧‍👦'], ['3']],
    ];
    expect(renderCard(cardOf({ type: 'rows', rows }), SETTINGS).slice(1)).toEqual([
      '  夜の港   1',
      '  harbour  2',
      '  👩‍👩‍👧‍👦       3',
    ]);
  });

  test('wrap their last cell under its own beginning', () => {
    const rows = [[['name'], ['a sentence that is too long for one line of this terminal']]];
    expect(renderCard(cardOf({ type: 'rows', rows }), { ...SETTINGS, width: 40 }).slice(1)).toEqual([
      '  name  a sentence that is too long for',
      '        one line of this terminal',
    ]);
  });

  test('run on where there is no room for columns', () => {
    const rows = [[['a name of some length'], ['and a text']]];
    expect(renderCard(cardOf({ type: 'rows', rows }), { ...SETTINGS, width: 26 }).slice(1)).toEqual([
      '  a name of some length',
      '    and a text',
    ]);
  });
});

describe('the bar', () => {
  test.each([
    [undefined, '░░░░░░░░░░░░░░░░░░░░'],
    [0, '░░░░░░░░░░░░░░░░░░░░   0 %'],
    [46, '█████████░░░░░░░░░░░  46 %'],
    [99.9, '███████████████████░  99 %'],
    [100, '████████████████████ 100 %'],
    [250, '████████████████████ 100 %'],
    [-1, '░░░░░░░░░░░░░░░░░░░░   0 %'],
  ])('of %s is %s', (percent, bar) => {
    expect(progressBar(percent, SETTINGS)).toBe(bar);
  });

  test('is short in a narrow terminal and of ASCII signs where it must', () => {
    expect(progressBar(50, { ...SETTINGS, width: 40, unicode: false })).toBe('####....  50 %');
  });
});

test.each([
  ['clock', NOW - 28 * 60_000, '14:02'],
  ['clock', NOW - 24 * 3_600_000, '19 Nov 14:30'],
  ['date', NOW + 7 * 24 * 3_600_000, '27 Nov'],
  ['ago', NOW - 3000, 'just now'],
  ['ago', NOW + 3000, 'just now'],
  ['ago', NOW - 40_000, 'less than a minute ago'],
  ['ago', NOW - 200_000, '3 min ago'],
  ['ago', NOW - 5 * 3_600_000, '5 h ago'],
  ['ago', NOW - 72 * 3_600_000, '17 Nov'],
  ['clock', Number.NaN, '?'],
] as const)('a time as %s of %d is shown as %s', (style, time, words) => {
  expect(renderCard({ ...cardOf(), title: [{ time, style }] }, SETTINGS)).toEqual([words]);
});

test('times are shown in the time zone of the reader', () => {
  const card = { ...cardOf(), title: [{ time: NOW, style: 'clock' as const }] };
  expect(renderCard(card, { ...SETTINGS, timeZone: 'Asia/Tokyo' })).toEqual(['23:30']);
});

test('colours are there only when asked for, whatever the process writes to', () => {
  const card: Card = { ...cardOf({ type: 'text', text: [{ strong: 'x' }] }), mark: 'done' };
  expect(renderCard(card, { ...SETTINGS, color: true }).join('')).toContain('\u001b[32m✔');
});
