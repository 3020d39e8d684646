import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  isLiveCard,
  openScreen,
  type ScreenMessage,
  type ScreenSettings,
} from '../../../src/bot/terminal/render-screen.ts';
import { answerCard, logCard } from '../../../src/bot/thread-view/answer-card.ts';
import { runDetailsCard } from '../../../src/bot/thread-view/run-details-card.ts';
import { statusCard } from '../../../src/bot/thread-view/status-card.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { activeRun, endedRun, NOW, sampleRun } from '../samples.ts';
import { FakeTerminal } from './fake-terminal.ts';

const SETTINGS: ScreenSettings = { color: false, unicode: true, timeZone: 'UTC', now: () => NOW };

function message(key: string, card: Card, live = isLiveCard(card)): ScreenMessage {
  return { key, card, live };
}

function status(run: Run): ScreenMessage {
  return message('status', statusCard({ run, parametersShown: [], stageTitle: 'denoising' }));
}

function at(percent: number, logTail: readonly string[] = []): ScreenMessage {
  return status(activeRun({ progress: { percent, logTail, modelStage: 'denoising', updatedAt: NOW } }));
}

test.each([
  ['the status of a queued run', statusCard({ run: sampleRun() }), true],
  ['the status of a running run', statusCard({ run: activeRun() }), true],
  ['the status of a run on a silent host', statusCard({ run: activeRun({ unreachableSince: NOW }) }), true],
  ['the status of a run that ended', statusCard({ run: endedRun() }), false],
  ['the log of a running run', logCard(activeRun(), ['x']), false],
  ['the log of a queued run', logCard(sampleRun(), []), false],
  ['what is known of a running run', runDetailsCard({ run: activeRun() }), false],
  ['what is known of a queued run', runDetailsCard({ run: sampleRun() }), false],
  ['an answer', answerCard('Done.', { mark: 'done' }), false],
])('%s is live: %#', (_name, card, live) => {
  expect(isLiveCard(card)).toBe(live);
});

const HELLO = message('hello', answerCard('Hello.'));

describe('in a terminal', () => {
  test('a tail of one row is drawn over itself', () => {
    const terminal = new FakeTerminal(80, 2);
    const screen = openScreen(terminal, SETTINGS);
    for (const percent of [10, 20, 30]) screen.show([at(percent)]);
    screen.show([message('status', answerCard('The end.'))]);
    expect(terminal.text).toBe('The end.');
  });

  test('a live message is drawn over itself, and settles where it is', () => {
    const terminal = new FakeTerminal();
    const screen = openScreen(terminal, SETTINGS);
    screen.show([HELLO, status(sampleRun())]);
    screen.show([HELLO, at(10, ['one', 'two'])]);
    screen.show([HELLO, at(90)]);
    expect(terminal.text).toMatchInlineSnapshot(`
      "Hello.

      ▶ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0 · asked by @ana
        ██████████████████░░  90 %   denoising
        → Cancel: /cosmos cancel rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz"
    `);
    screen.show([HELLO, status(endedRun()), message('result', answerCard('Here it is.'))]);
    screen.close();
    expect(terminal.text).toMatchInlineSnapshot(`
      "Hello.

      ✔ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0
        Done after 8 min 12 s.
        → Details: /cosmos show rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz

      Here it is."
    `);
  });

  test('what did not change is not written again', () => {
    const terminal = new FakeTerminal();
    const screen = openScreen(terminal, SETTINGS);
    screen.show([HELLO, at(10)]);
    const { writes } = terminal;
    screen.show([HELLO, at(10)]);
    expect(terminal.writes).toBe(writes);
  });

  test('a message that changes after it settled is written again below', () => {
    const terminal = new FakeTerminal();
    const screen = openScreen(terminal, SETTINGS);
    screen.show([HELLO, message('b', answerCard('B'))]);
    screen.show([message('hello', answerCard('Hello again.')), message('b', answerCard('B'))]);
    expect(terminal.text).toBe('Hello.\n\nB\n\nHello again.');
  });

  test.each([60, 30, 20, 120])('nothing is left over when the width becomes %d', (width) => {
    const terminal = new FakeTerminal(80);
    const screen = openScreen(terminal, SETTINGS);
    screen.show([HELLO, at(46, ['a line of the log that is quite long, as such lines are'])]);
    terminal.resize(width);
    screen.show([HELLO, at(46, ['a line of the log that is quite long, as such lines are'])]);
    screen.show([HELLO, status(endedRun())]);
    const fresh = new FakeTerminal(width);
    openScreen(fresh, SETTINGS).show([HELLO, status(endedRun())]);
    expect(terminal.text).toBe(fresh.text);
  });

  test.each([
    ['a typed line', 'create prompt "a street at night with many words"'],
    ['a typed line as wide as the new width', 'x'.repeat(58)],
    ['nothing typed', ''],
  ])('%s stays below when the width changes again and again', (_what, text) => {
    const log = [
      'a line of the log that is quite long, as such lines of a log are now and then in this life',
    ];
    for (const cursor of new Set([0, 18, 38, text.length])) {
      const input = { prompt: '> ', text, cursor: Math.min(cursor, text.length) };
      const terminal = new FakeTerminal(100, 60);
      const screen = openScreen(terminal, SETTINGS);
      screen.show([HELLO, at(46, log)], input);
      for (const width of [60, 100, 40, 20, 120, 33, 80]) {
        terminal.resize(width);
        screen.show([HELLO, at(46, log)], input);
        const fresh = new FakeTerminal(width, 60);
        openScreen(fresh, SETTINGS).show([HELLO, at(46, log)], input);
        expect(terminal.text).toBe(fresh.text);
        expect(terminal.cursor).toEqual(fresh.cursor);
      }
    }
  });

  test('more live messages than the terminal has rows show their end while they live, and all of it at the end', () => {
    const terminal = new FakeTerminal(80, 6);
    const screen = openScreen(terminal, SETTINGS);
    const cards = Array.from({ length: 8 }, (_, index) => answerCard(`Message ${index}.`));
    screen.show(cards.map((card, index) => message(`m${index}`, card, true)));
    screen.show(cards.map((card, index) => message(`m${index}`, card, index !== 0)));
    expect(terminal.text).toBe('Message 0.\n\n\nMessage 6.\n\nMessage 7.');
    screen.show(cards.map((card, index) => message(`m${index}`, card, false)));
    expect(terminal.text).toBe(cards.map((card) => String(card.title[0])).join('\n\n'));
  });

  test('a terminal that says it has no rows and columns gets the usual ones', () => {
    const terminal = new FakeTerminal(80);
    const screen = openScreen(
      { isTTY: true, columns: 0, rows: 0, write: (text: string) => terminal.write(text) },
      SETTINGS,
    );
    screen.show([at(10, ['one', 'two'])]);
    expect(terminal.text.split('\n')).toHaveLength(5);
  });

  test('an answer is written above the live messages at once, however long they live', () => {
    const terminal = new FakeTerminal();
    const screen = openScreen(terminal, SETTINGS);
    screen.show([at(10), HELLO]);
    screen.show([at(20), HELLO, message('answer', answerCard('Answer.'))]);
    expect(terminal.text).toMatch(/^Hello\.\n\nAnswer\.\n\n▶ rs_3fq8w1zz/);
    expect(terminal.text.match(/▶/g)).toHaveLength(1);
    screen.show([status(endedRun()), HELLO, message('answer', answerCard('Answer.'))]);
    expect(terminal.text).toMatch(/^Hello\.\n\nAnswer\.\n\n✔ rs_3fq8w1zz/);
  });

  test('what was written for good is not remembered for ever: long after it, it is written again', () => {
    const terminal = new FakeTerminal(80, 2);
    const screen = openScreen(terminal, SETTINGS);
    screen.show([HELLO]);
    for (let index = 0; index < 998; index += 1) screen.show([message(`m${index}`, answerCard('More.'))]);
    const { writes } = terminal;
    screen.show([HELLO]);
    expect(terminal.writes).toBe(writes);
    for (let index = 0; index < 1_000; index += 1) screen.show([message(`n${index}`, answerCard('More.'))]);
    screen.show([HELLO]);
    expect(terminal.writes).toBe(writes + 1_001);
  });

  test('the line that somebody types stays below, with the cursor in it', () => {
    const terminal = new FakeTerminal(40);
    const screen = openScreen(terminal, SETTINGS);
    const input = { prompt: '> ', text: 'status', cursor: 3 };
    screen.show([at(10)], input);
    screen.show([at(20)], input);
    expect(terminal.text).toMatch(/ 20 %[\s\S]*\n\n> status$/);
    expect(terminal.cursor).toEqual([terminal.text.split('\n').length - 1, 5]);
    screen.show([status(endedRun())], { prompt: '> ', text: '', cursor: 0 });
    expect(terminal.text).toMatch(/Done after[\s\S]*\n\n>$/);
  });

  test('a typed line wider than the terminal shows the part around the cursor', () => {
    const terminal = new FakeTerminal(20);
    const screen = openScreen(terminal, SETTINGS);
    const text = 'inference ps_7k2m9x4d edge=0.8 seed=7';
    screen.show([HELLO], { prompt: '> ', text, cursor: text.length });
    expect(terminal.text).toMatch(/> .*seed=7$/);
    expect(terminal.text.split('\n').at(-1)?.length).toBeLessThan(20);
    screen.show([HELLO], { prompt: '> ', text, cursor: 0 });
    expect(terminal.text).toMatch(/> inference/);
  });

  test.each(['x', '夜', '🎬', '\u001b'])(
    'of a very long typed line the part around the cursor is drawn: %j',
    (sign) => {
      const terminal = new FakeTerminal(30);
      const screen = openScreen(terminal, SETTINGS);
      const half = sign.repeat(20_000);
      const text = `${half}|${half}`;
      for (let draw = 0; draw < 20; draw += 1)
        screen.show([HELLO], { prompt: '> ', text, cursor: half.length + 1 });
      const [line = ''] = terminal.text.split('\n').slice(-1);
      expect(line).toMatch(/^> [^|]{5,}\|[^|]?$/u);
      expect(stringWidth(line)).toBeLessThan(30);
      screen.show([HELLO], { prompt: '> ', text, cursor: half.length });
      expect(terminal.text).toMatch(/\|$/);
      screen.show([HELLO], { prompt: '> ', text, cursor: 0 });
      expect(terminal.text).not.toContain('|');
    },
  );
});

describe('in a pipe', () => {
  function pipe(): { readonly output: { write(text: string): void }; readonly text: () => string } {
    let text = '';
    return {
      output: { write: (more) => (text += more) },
      text: () => text,
    };
  }

  test('a message is written in full once, then as a line for each stage and each ten percent', () => {
    const { output, text } = pipe();
    const screen = openScreen(output, SETTINGS);
    screen.show([HELLO, status(sampleRun())]);
    for (let percent = 1; percent < 35; percent += 1) screen.show([HELLO, at(percent, [`step ${percent}`])]);
    screen.show([
      HELLO,
      status(activeRun({ stage: 'collecting', progress: { percent: 99, logTail: [], updatedAt: NOW } })),
    ]);
    screen.show([HELLO, status(endedRun())]);
    screen.close();
    expect(text()).toMatchInlineSnapshot(`
      "Hello.

      ○ rs_3fq8w1zz · rainy_neon_street · transfer1 · asked by @ana
        Queued.
        → Cancel: /cosmos cancel rs_3fq8w1zz

      ▶ rs_3fq8w1zz  1 %  denoising
        | step 1
      ▶ rs_3fq8w1zz  10 %  denoising
        | step 10
      ▶ rs_3fq8w1zz  20 %  denoising
        | step 20
      ▶ rs_3fq8w1zz  30 %  denoising
        | step 30
      ▶ rs_3fq8w1zz  99 %  downloading
      ✔ rs_3fq8w1zz  Done after 8 min 12 s.
      "
    `);
  });

  test('nothing is wrapped: a long path can be copied', () => {
    const { output, text } = pipe();
    const path = `${'a-long-folder/'.repeat(20)}clip.mp4`;
    const rows = [['input', [{ code: path }]]].map((row) => row.map((cell) => [cell].flat()));
    openScreen(output, SETTINGS).show([
      message('path', {
        mark: 'none',
        title: ['Here: ', { code: path }],
        blocks: [
          { type: 'text', text: [{ code: path }, ' (2 MB)'] },
          { type: 'rows', rows },
        ],
        actions: [],
      }),
    ]);
    expect(text()).toBe(`Here: ${path}\n  ${path} (2 MB)\n  input  ${path}\n\n`);
  });

  test('no escape sequence is written even where colours were asked for', () => {
    const { output, text } = pipe();
    openScreen(output, { ...SETTINGS, color: true }).show([at(10, ['\u001b[31mred'])]);
    expect(text()).not.toContain('\u001b');
  });

  test('a waiting run is told again when its place changes, not when its time does', () => {
    const { output, text } = pipe();
    const screen = openScreen(output, SETTINGS);
    const queued = (place: number, minutes: number): ScreenMessage =>
      message(
        'status',
        statusCard({
          run: sampleRun(),
          parametersShown: [],
          place: {
            place,
            of: 3,
            before: [],
            running: [],
            paused: false,
            startsIn: { low: minutes * 60_000, high: minutes * 60_000 },
          },
        }),
      );
    screen.show([queued(3, 20)]);
    const first = text().length;
    screen.show([queued(3, 19)]);
    expect(text()).toHaveLength(first);
    screen.show([queued(2, 12)]);
    expect(text().slice(first)).toBe('○ rs_3fq8w1zz  Place 2 of 3 · starts in about 12 min\n');
  });

  test('what was told is not remembered for ever: long after it, it is told in full again', () => {
    const { output, text } = pipe();
    const screen = openScreen(output, SETTINGS);
    screen.show([HELLO]);
    for (let index = 0; index < 998; index += 1) screen.show([message(`m${index}`, answerCard('More.'))]);
    screen.show([HELLO]);
    expect(text().match(/Hello/g)).toHaveLength(1);
    for (let index = 0; index < 1_000; index += 1) screen.show([message(`n${index}`, answerCard('More.'))]);
    screen.show([HELLO]);
    expect(text().match(/Hello/g)).toHaveLength(2);
  });

  test('a percentage that falls back within its ten is not told again', () => {
    const { output, text } = pipe();
    const screen = openScreen(output, SETTINGS);
    screen.show([at(19)]);
    screen.show([at(20)]);
    const told = text();
    screen.show([at(25)]);
    screen.show([at(21)]);
    expect(text()).toBe(told);
  });
});
