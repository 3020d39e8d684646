import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardCharacters, clipCard } from '../../../src/bot/thread-view/clip-card.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { anyCard } from '../arbitrary-card.ts';

const LIMITS = { maxCardCharacters: 200, maxButtons: 5 };

function cardOf(blocks: Card['blocks']): Card {
  return {
    mark: 'running',
    title: ['title'],
    blocks,
    actions: [{ verb: 'cancel', label: 'Cancel', target: 'rs_1' }],
  };
}

test('a card within the limits is the same card', () => {
  const card = cardOf([{ type: 'log', lines: ['one'] }]);
  expect(clipCard(card, LIMITS)).toBe(card);
});

test('a log loses its oldest lines first', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const clipped = clipCard(
    cardOf([
      { type: 'log', lines },
      { type: 'quote', text: 'short' },
    ]),
    LIMITS,
  );
  const [log, quote] = clipped.blocks;
  expect(log).toMatchObject({ type: 'log' });
  expect(log?.type === 'log' && log.lines.at(-1)).toBe('line 99');
  expect(log?.type === 'log' && log.lines.length).toBeGreaterThan(10);
  expect(quote).toEqual({ type: 'quote', text: 'short' });
});

test('one log line that is too long keeps its end', () => {
  const clipped = clipCard(cardOf([{ type: 'log', lines: [`${'x'.repeat(500)} end`] }]), LIMITS);
  expect(clipped.blocks[0]).toMatchObject({ type: 'log', lines: [expect.stringMatching(/^…x+ end$/)] });
});

test('a quote is shortened with an ellipsis and never in the middle of a character', () => {
  const clipped = clipCard(cardOf([{ type: 'quote', text: '🌧'.repeat(300) }]), LIMITS);
  const [quote] = clipped.blocks;
  const text = quote?.type === 'quote' ? quote.text : '';
  expect(text).toMatch(/^🌧+…$/u);
  expect(text.isWellFormed()).toBe(true);
  expect(text.length).toBeGreaterThan(100);
});

test('rows are left out from the end', () => {
  const rows = Array.from({ length: 50 }, (_, index) => [[`row ${index}`], ['x']]);
  const [block] = clipCard(cardOf([{ type: 'rows', rows }]), LIMITS).blocks;
  expect(block?.type === 'rows' && block.rows).toEqual(
    rows.slice(0, block?.type === 'rows' ? block.rows.length : 0),
  );
});

test('buttons beyond the limit are left out', () => {
  const actions = Array.from({ length: 9 }, (_, index) => ({
    verb: 'rate',
    label: `${index}`,
    target: 'rs_1',
  }));
  expect(clipCard({ ...cardOf([]), actions }, LIMITS).actions).toEqual(actions.slice(0, 5));
});

test('a question keeps all its answers or none, and what comes after it moves up', () => {
  const rate = ['1', '2', '3', '4', '5'].map((stars) => {
    return { verb: 'rate', label: stars, target: 'rs_1', arguments: [stars] };
  });
  const tune = { verb: 'tune', label: 'Tune', target: 'rs_1' };
  const logs = { verb: 'logs', label: 'Log', target: 'rs_1' };
  const actions = [tune, ...rate, logs];
  const clipped = (maxButtons: number) =>
    clipCard({ ...cardOf([]), actions }, { ...LIMITS, maxButtons }).actions;
  expect(clipped(5)).toEqual([tune, logs]);
  expect(clipped(6)).toEqual([tune, ...rate]);
  expect(clipped(7)).toEqual(actions);
});

test('any card fits, and keeps its mark, its title and its buttons', () => {
  fc.assert(
    fc.property(
      anyCard,
      fc.integer({ min: 1, max: 4000 }),
      fc.integer({ min: 0, max: 25 }),
      (card, maxCardCharacters, maxButtons) => {
        const clipped = clipCard(card, { maxCardCharacters, maxButtons });
        expect(cardCharacters(clipped)).toBeLessThanOrEqual(maxCardCharacters);
        expect(clipped.mark).toBe(card.mark);
        expect(clipped.actions.length).toBeLessThanOrEqual(maxButtons);
        if (card.actions.length <= maxButtons) expect(clipped.actions).toEqual(card.actions);
        if (cardCharacters({ ...card, blocks: [] }) <= maxCardCharacters)
          expect(clipped.title).toEqual(card.title);
        else expect(clipped.title.length).toBeGreaterThan(0);
        expect(clipCard(clipped, { maxCardCharacters, maxButtons })).toEqual(clipped);
      },
    ),
    { numRuns: 1000 },
  );
});
