import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLineEditor } from '../../../src/bot/terminal/line-editor.ts';

function open(isTerminal: boolean) {
  const input = Object.assign(new PassThrough(), {
    isTTY: isTerminal,
    setRawMode: () => input,
  }) as never as NodeJS.ReadStream & PassThrough;
  const typed: string[] = [];
  const lines: string[] = [];
  const left = Promise.withResolvers<void>();
  const editor = openLineEditor(input, {
    onType: ({ text }) => typed.push(text),
    onLine: (line) => lines.push(line),
    onLeave: left.resolve,
  });
  onTestFinished(() => editor.close());
  return { input, editor, typed, lines, left: left.promise };
}

describe('a person at a terminal', () => {
  it('sees the line while it is typed and edited, and an empty one after it is sent', async () => {
    const { input, typed, lines } = open(true);
    input.write('statsu\u007f\u007fus');
    await expect.poll(() => typed.at(-1)).toBe('status');
    input.write('\r');
    await expect.poll(() => lines).toEqual(['status']);
    await expect.poll(() => typed.at(-1)).toBe('');
  });

  it('gets an earlier line back', async () => {
    const { input, typed, lines } = open(true);
    input.write('status\r');
    await expect.poll(() => lines).toEqual(['status']);
    input.write('\u001b[A');
    await expect.poll(() => typed.at(-1)).toBe('status');
  });

  it.each(['\u0003', '\u0004'])('leaves with %j on an empty line', async (key) => {
    const { input, left } = open(true);
    input.write(key);
    await left;
  });

  it('is shown nothing any more after the end', async () => {
    const { input, editor, typed } = open(true);
    input.write('sta');
    await expect.poll(() => typed.at(-1)).toBe('sta');
    const before = typed.length;
    input.write('tus');
    editor.close();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(typed).toHaveLength(before);
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
