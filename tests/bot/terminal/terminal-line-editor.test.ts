import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLineEditor } from '../../../src/bot/terminal/line-editor.ts';
import type { InputLine } from '../../../src/bot/terminal/render-screen.ts';

function open(isTerminal: boolean) {
  const input = Object.assign(new PassThrough(), {
    isTTY: isTerminal,
    setRawMode: () => input,
  }) as never as NodeJS.ReadStream & PassThrough;
  const typed: InputLine[] = [];
  const lines: string[] = [];
  const written: string[] = [];
  const left = Promise.withResolvers<void>();
  const editor = openLineEditor(
    input,
    { isTTY: isTerminal, write: (text) => written.push(text) },
    {
      onType: (line) => typed.push(line),
      onLine: (line) => lines.push(line),
      onLeave: left.resolve,
    },
  );
  onTestFinished(() => editor.close());
  return {
    input,
    editor,
    typed,
    lines,
    written,
    left: left.promise,
    shown: () => `${typed.at(-1)?.prompt}${typed.at(-1)?.text}`,
  };
}

describe('a person at a terminal', () => {
  it('sees the line while it is typed and edited, and an empty one after it is sent', async () => {
    const { input, typed, lines } = open(true);
    input.write('statsu\u007f\u007fus');
    await expect.poll(() => typed.at(-1)?.text).toBe('status');
    input.write('\r');
    await expect.poll(() => lines).toEqual(['status']);
    await expect.poll(() => typed.at(-1)?.text).toBe('');
  });

  it('gets an earlier line back', async () => {
    const { input, typed, lines } = open(true);
    input.write('status\r');
    await expect.poll(() => lines).toEqual(['status']);
    input.write('\u001b[A');
    await expect.poll(() => typed.at(-1)?.text).toBe('status');
  });

  it.each(['\u0003', '\u0004'])('leaves with %j on an empty line', async (key) => {
    const { input, left } = open(true);
    input.write(key);
    await left;
  });

  it('may go on typing while the bot ends', async () => {
    const { input, lines, left } = open(true);
    input.write('\u0004status\r\u0003');
    await left;
    await new Promise(setImmediate);
    expect(lines).toEqual([]);
  });

  it('is shown nothing any more after the end', async () => {
    const { input, editor, typed } = open(true);
    input.write('sta');
    await expect.poll(() => typed.at(-1)?.text).toBe('sta');
    const before = typed.length;
    input.write('tus');
    editor.close();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(typed).toHaveLength(before);
  });
});

/** As terminals send a paste in pieces. */
function paste(input: PassThrough, text: string): void {
  for (let at = 0; at < text.length; at += 1_024) input.write(text.slice(at, at + 1_024));
}

describe('a paste', () => {
  it.each(['a street at night ', '夜の街 '])(
    'of 20,000 characters is drawn a few times: %s',
    async (words) => {
      const { input, typed, lines } = open(true);
      const text = words.repeat(20_000 / words.length);
      paste(input, text);
      await expect.poll(() => typed.at(-1)?.text).toBe(text);
      input.write('\r');
      await expect.poll(() => lines).toEqual([text]);
      expect(typed.length).toBeLessThan(50);
    },
  );

  it('into the middle of a line keeps what follows it', async () => {
    const { input, typed } = open(true);
    input.write('ab\u001b[D');
    paste(input, 'x'.repeat(20_000));
    await expect.poll(() => typed.at(-1)?.text).toBe(`a${'x'.repeat(20_000)}b`);
    expect(typed.length).toBeLessThan(50);
  });
});

describe('a pipe', () => {
  it('is read line by line, and its end is not the end of the bot', async () => {
    const { input, lines, typed, left } = open(false);
    let isLeft = false;
    void left.then(() => {
      isLeft = true;
    });
    input.end('one\ntwo\nthree');
    await expect.poll(() => lines).toEqual(['one', 'two', 'three']);
    expect(typed).toEqual([]);
    expect(isLeft).toBe(false);
  });
});
