import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchTraits } from '../../../src/core/models/batch-traits.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { BatchTracker } from '../../../src/core/runs/batch-tracker.ts';
import { shipped } from '../models/profiles.ts';
import { BATCHED } from '../runner/batch-bench.ts';

const TEXTS = [
  'a red fox runs through deep snow at dawn',
  'two old boats drift under a stone bridge',
  'rain on neon signs above an empty street',
];

interface Read {
  readonly tracker: BatchTracker;
  /** What each run may see. */
  readonly parts: readonly string[];
}

function read(log: string, texts: readonly (readonly string[])[], profile: Profile = BATCHED): Read {
  if (profile.batch === undefined) throw new Error('no batch');
  const parts = texts.map(() => '');
  const items = texts.map((own) => ({ texts: own }));
  const tracker = new BatchTracker(profile, profile.batch, items, (item, { text }) => {
    parts[item] += `${text}\n`;
  });
  tracker.feed(Buffer.from(log));
  return { tracker, parts };
}

function partsOf(log: string, texts: readonly string[] = TEXTS): readonly string[] {
  return read(
    log,
    texts.map((text) => [text]),
  ).parts;
}

describe('the part of a run of the log of its batch', () => {
  it('is its own lines, and what belongs to all: before the first run, between two, and after a failure of all', () => {
    expect(partsOf('load\nbegin\nof 0\nsaved 0\nnext\nbegin\nof 1\nbegin\nof 2\nsaved 2\nbye\n')).toEqual([
      'load\nbegin\nof 0\nsaved 0\nnext\n',
      'load\nnext\nbegin\nof 1\nbye\n',
      'load\nnext\nbegin\nof 2\nsaved 2\nbye\n',
    ]);
  });

  it.each([
    ['as it is', (text: string) => `prompt: ${text}`],
    ['as JSON', (text: string) => `{"prompt": ${JSON.stringify(text)}}`],
    ['as JSON with escapes', (text: string) => `{"prompt": "\\u0061 ${text.replaceAll(' ', '\\n')}"}`],
    ['in capitals', (text: string) => text.toUpperCase()],
    ['in part', (text: string) => `…${text.split(' ').slice(1, 5).join(' ')}…`],
  ])('has no words of others where the model prints them %s', (_how, print) => {
    const log = `load\n${TEXTS.map(print).join('\n')}\nbegin\nsaved 0\n${print(TEXTS[1] ?? '')}\nbegin\n`;
    expect(partsOf(log)).toEqual([
      `load\n${print(TEXTS[0] ?? '')}\n[…]\nbegin\nsaved 0\n[…]\n`,
      `load\n[…]\n${print(TEXTS[1] ?? '')}\n[…]\n${print(TEXTS[1] ?? '')}\nbegin\n`,
      `load\n[…]\n${print(TEXTS[2] ?? '')}\n[…]\n`,
    ]);
  });

  it('has what its own text has in common with others', () => {
    const texts = ['a red fox runs in snow', 'a red fox runs in rain'];
    expect(partsOf('a red fox runs\na red fox runs in rain\n', texts)).toEqual([
      'a red fox runs\n[…]\n',
      'a red fox runs\na red fox runs in rain\n',
    ]);
  });

  it('keeps its own lines that have one word of a short text of another', () => {
    const texts = ['memory', 'a red fox runs in snow'];
    expect(partsOf('begin\nsaved 0\nbegin\nError: no memory\n', texts)[1]).toBe('begin\nError: no memory\n');
  });

  it('has no words of others that come before the next run has begun, where one has failed without an end', () => {
    expect(partsOf(`begin\nError: broken\nprompt ${TEXTS[1]}\nbegin\n`)[0]).toBe(
      'begin\nError: broken\n[…]\n',
    );
  });

  it('ends a run with no line that holds words of others', () => {
    const { tracker } = read(
      `begin\nError: not in the list: ${TEXTS[1]}\nError: what ${TEXTS[0]} is\nsees ${TEXTS[2]}`,
      TEXTS.map((text) => [text]),
    );
    const { failures, lastLine } = tracker.findings(0);
    expect(failures).toMatchObject([{ signature: { key: 'broken' }, line: '[…]', groups: {} }]);
    expect(failures[0]?.groups).toEqual({});
    expect(lastLine).toBe('[…]');

    const own = `Error: what ${TEXTS[0]} is`;
    const alone = read(
      `begin\n${own}`,
      TEXTS.map((text) => [text]),
    );
    expect(alone.tracker.findings(0)).toMatchObject({ failures: [{ line: own }], lastLine: own });
  });

  it('is what the card shows the end of, the line without an end among it', () => {
    const { tracker } = read(
      `load\n${TEXTS[0]}\nbegin\nstep 1/4\nsecret`,
      TEXTS.map((text) => [text]),
    );
    expect([0, 1, 2].map((item) => tracker.snapshot(item).logTail)).toEqual([
      ['load', TEXTS[0], 'begin', 'step 1/4', 'secret'],
      ['load', '[…]'],
      ['load', '[…]'],
    ]);
  });
});

/** Words of which markers are made, of any of the models. */
const FRAGMENTS = [
  'begin',
  'saved 1',
  'saved 0',
  'running preprocessor',
  'Saved prompt to',
  '/x/video_1/prompt.txt',
  '/x/video_0/prompt.txt',
  '[2/3] Processing sample',
  'Generated video saved to run_1.mp4',
  'Use audio directly',
  'Finished run_1, saved to',
  '\n',
  '\r',
  '"',
  '{',
  '\u001b[0m',
  'a fox',
  'snow',
  ' ',
];
const hostileText = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 8 })
  .chain((words) => fc.constantFrom(words.join(' '), words.join('')))
  .filter((text) => text.trim() !== '');

/** How programs print a text: as it is, after something of theirs, wrapped, and as JSON or Python have it. */
const PRINTS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `[11-20 12:00:00|INFO|a.py:1:main] prompt: ${text}`,
  (text) => text.replaceAll(/\s+/g, ' '),
  (text) => text.split(/\s+/).join('\n'),
  (text) => text.replaceAll(/(\S+\s+\S+)\s/g, '$1\n'),
  (text) => JSON.stringify({ prompt: text }, null, 2),
  (text) => `  '${text.replaceAll('\n', '\\n')}'`,
];
const MODELS: readonly { profile: Profile; begins: string; ends: (item: number) => string }[] = [
  { profile: BATCHED, begins: 'begin', ends: (item) => `saved ${item}` },
  {
    profile: shipped('transfer1'),
    begins: '[11-20 12:00:00|INFO|transfer.py:1:demo] running preprocessor',
    ends: (item) => `[11-20 12:00:00|INFO|transfer.py:1:demo] Saved prompt to /o/video_${item}/prompt.txt`,
  },
  {
    profile: shipped('transfer2.5'),
    begins: '[11-20 12:00:00|INFO|inference.py:1:main] [1/3] Processing sample run_0',
    ends: (item) => `[11-20 12:00:00|INFO|inference.py:1:main] Generated video saved to /o/run_${item}.mp4`,
  },
  {
    profile: shipped('humo-17b'),
    begins: 'Use audio directly',
    ends: (item) => `INFO: Finished run_${item}, saved to /o`,
  },
];

describe('a text that looks like a line of a batch', () => {
  it.each(MODELS.map((model) => [model.profile.id, model] as const))('moves no batch of %s', (_id, model) => {
    const { profile, begins, ends } = model;
    fc.assert(
      fc.property(
        fc.array(hostileText, { minLength: 3, maxLength: 3 }),
        fc.constantFrom(...PRINTS),
        fc.nat({ max: 3 }),
        (given, print, most) => {
          const texts = given.map((text) => (isTaken(profile, text) ? text : 'a plain text of nothing'));
          const all = texts.map(print).join('\n');
          const log = texts.map((text, item) =>
            [
              begins,
              all,
              print(text),
              ...(item < most ? [ends(item)] : []),
              ...(item < most ? [all] : []),
            ].join('\n'),
          );
          const { tracker } = read(
            `${all}\n${log.slice(0, most + 1).join('\n')}\n`,
            texts.map((text) => [text]),
            profile,
          );
          expect(texts.map((_, item) => tracker.hasEnded(item))).toEqual(texts.map((_, item) => item < most));
          expect(tracker.atWork).toBe(most < 3 ? most : undefined);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['in its text', { text: 'a fox\nbegin' }],
    ['in what it shall not show', { negativeText: 'saved 1' }],
    ['in a parameter', { parameters: { parts: 'snow, x begin' } }],
    ['behind what a terminal hides', { text: 'be\u001b[0mgin' }],
  ])('keeps its run alone, also %s', (_where, more) => {
    const member = { text: 'a fox', negativeText: '', inputs: [], parameters: { seed: 1 } };
    expect(batchTraits(bare(BATCHED), member)).toBeDefined();
    expect(batchTraits(bare(BATCHED), { ...member, ...more })).toBeUndefined();
  });
});

/** Whether the run may share a load, as far as its text goes. */
function isTaken(profile: Profile, text: string): boolean {
  const member = { text, negativeText: '', inputs: [], parameters: {} };
  return batchTraits(bare(profile), member) !== undefined;
}

/** The same with nothing else that keeps a run alone. */
function bare(profile: Profile): Profile {
  const { batch } = profile;
  return batch === undefined ? profile : { ...profile, batch: { ...batch, content: {}, unless: [] } };
}
