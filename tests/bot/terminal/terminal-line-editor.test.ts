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

  it.each(['stat\u001b[D', '"one\rtwo', '\u001b[200~one\ntwo\u001b[201~'])(
    'takes back %j with Ctrl-C, and leaves with the next one',
    async (text) => {
      const { input, lines, shown, left } = open(true);
      let isLeft = false;
      void left.then(() => {
        isLeft = true;
      });
      input.write(`${text}\u0003`);
      await expect.poll(shown).toBe('› ');
      expect(isLeft).toBe(false);
      input.write('\u0003');
      await left;
      expect(lines).toEqual([]);
    },
  );

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

describe('several lines', () => {
  it.each(['\r', '\n', '\r\n'])('are one while a quotation mark is open: %j', async (end) => {
    const { input, lines, shown } = open(true);
    input.write(`clip.mp4 "A street${end}`);
    await expect.poll(shown).toBe('… clip.mp4 "A street↵');
    input.write(`at night" now${end}status${end}`);
    await expect.poll(() => lines).toEqual(['clip.mp4 "A street\nat night" now', 'status']);
    await expect.poll(shown).toBe('› ');
  });

  it('are edited as one, and come back as one', async () => {
    const { input, lines, shown } = open(true);
    input.write('"a\rb\u001b[D\u001b[Dx\r');
    await expect.poll(shown).toBe('… "ax↵b↵');
    input.write('"\r');
    await expect.poll(() => lines).toEqual(['"ax\nb\n"']);
    input.write('\u001b[A');
    await expect.poll(shown).toBe('› "ax↵b↵"');
  });

  it('of a marked paste wait for Enter, without what would drive the terminal', async () => {
    const { input, lines, shown } = open(true);
    input.write('clip.mp4 ');
    paste(input, '\u001b[200~A street,\r\nat night\u0007\u001b[31m\tnow\n\u001b[201~');
    await expect.poll(shown).toBe('› clip.mp4 A street,↵at night[31m now');
    expect(lines).toEqual([]);
    input.write('\r');
    await expect.poll(() => lines).toEqual(['clip.mp4 A street,\nat night[31m now']);
  });

  it('of 20,000 marked characters are drawn a few times', async () => {
    const { input, typed, lines } = open(true);
    const text = '夜の街 at night\n'.repeat(1_500).trim();
    paste(input, `\u001b[200~${text}\u001b[201~\r`);
    await expect.poll(() => lines).toEqual([text]);
    expect(typed.length).toBeLessThan(50);
  });

  it('of a paste that never ends are given up with Ctrl-C', async () => {
    const { input, lines, shown } = open(true);
    input.write('\u001b[200~one\ntwo\u0003status');
    await expect.poll(shown).toBe('› status');
    input.write('\r');
    await expect.poll(() => lines).toEqual(['status']);
  });

  it('are marked by the terminal as long as lines are read', () => {
    const { editor, written } = open(true);
    expect(written).toEqual(['\u001b[?2004h']);
    editor.close();
    editor.close();
    expect(written).toEqual(['\u001b[?2004h', '\u001b[?2004l']);
  });
});

describe('a pipe', () => {
  it('continues a line while a quotation mark is open', async () => {
    const { input, lines, written } = open(false);
    input.end('create "A street\r\n\r\nat night" clip.mp4\nstatus\nit\'s\n\'tis "open\nto the end');
    await expect
      .poll(() => lines)
      .toEqual(['create "A street\n\nat night" clip.mp4', 'status', "it's", '\'tis "open\nto the end']);
    expect(written).toEqual([]);
  });

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
