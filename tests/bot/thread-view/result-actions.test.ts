import { describe, expect, it } from 'vitest';
import { withLateCancel } from '../../../src/bot/thread-view/late-cancel.ts';
import { resultActions } from '../../../src/bot/thread-view/result-actions.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import type { Prompt } from '../../../src/core/prompts/prompt.ts';
import type { Run } from '../../../src/core/runs/run.ts';

const RUN = { id: 'rs_1' } as Run;

/** Verb, target, label and style of each. */
function said(view: Parameters<typeof resultActions>[0]): unknown[] {
  return resultActions(view).map(({ verb, target, label, style }) => [verb, target, label, style]);
}

const ALWAYS = [
  ['logs', 'rs_1', 'Show log', undefined],
  ['show', 'rs_1', 'Details', undefined],
  ['reproduce', 'rs_1', 'Reproduce', undefined],
];
const STARS = [1, 2, 3, 4, 5].map((stars) => ['rate', 'rs_1', `${stars} ★`, undefined]);
const TUNE = ['tune', 'rs_1', 'Tune and run', undefined];

describe('what goes on with a result', () => {
  it('is all that its model allows, what matters most first', () => {
    expect(said({ run: RUN })).toEqual([TUNE, ...STARS, ...ALWAYS]);
    expect(said({ run: RUN, hasSeed: true, canUpscale: true })).toEqual([
      ['rerun', 'rs_1', 'New seed', 'primary'],
      TUNE,
      ['upscale', 'rs_1', 'Upscale', undefined],
      ...STARS,
      ...ALWAYS,
    ]);
    expect(resultActions({ run: RUN }).filter(({ verb }) => verb === 'rate')).toMatchObject(
      ['1', '2', '3', '4', '5'].map((stars) => ({ arguments: [stars] })),
    );
  });

  it('is, of a draft, the full quality before all', () => {
    expect(said({ run: { ...RUN, draft: ['num_steps'] }, hasSeed: true })).toEqual([
      ['promote', 'rs_1', 'At full quality', 'primary'],
      ['rerun', 'rs_1', 'New seed', undefined],
      TUNE,
      ...STARS,
      ...ALWAYS,
    ]);
  });

  it('is, of a better text, what goes on with its prompt', () => {
    const prompt = { id: 'ps_1' } as Prompt;
    expect(said({ run: RUN, hasSeed: true, enhanced: { prompt, isDiscarded: false } })).toEqual([
      ['inference', 'ps_1', 'Run with it', 'primary'],
      ['tune', 'ps_1', 'Tune', undefined],
      ['discard', 'ps_1', 'Discard', 'danger'],
      ['show', 'rs_1', 'Details', undefined],
    ]);
    expect(said({ run: RUN, enhanced: { prompt, isDiscarded: true } })).toEqual([
      ['restore', 'ps_1', 'Restore', undefined],
    ]);
  });
});

describe('a run that was cancelled too late', () => {
  const card: Card = {
    mark: 'done',
    title: ['x'],
    blocks: [{ type: 'text', text: ['result'] }],
    actions: [],
  };
  const cancel = { byName: 'ana' } as NonNullable<Run['cancel']>;

  it('says so below everything else, and who has cancelled it', () => {
    const { blocks, ...others } = withLateCancel(card, { ...RUN, cancel, state: 'done' });
    expect(others).toEqual({ mark: 'done', title: ['x'], actions: [] });
    expect(blocks).toHaveLength(2);
    expect(blocks[0]).toEqual(card.blocks[0]);
    expect(JSON.stringify(blocks[1])).toContain('ana');
  });

  it('says nothing where nobody has cancelled it, or it was in time', () => {
    expect(withLateCancel(card, { ...RUN, state: 'done' })).toBe(card);
    expect(withLateCancel(card, { ...RUN, cancel, state: 'cancelled' })).toBe(card);
  });
});
