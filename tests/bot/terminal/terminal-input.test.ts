import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTerminalLine } from '../../../src/bot/terminal/terminal-input.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('a typed line', () => {
  it.each(['', '   ', '\t'])('that is empty means nothing: %j', (line) => {
    expect(readTerminalLine(line, '/')).toEqual({ ok: true, value: { kind: 'nothing' } });
  });

  it.each([
    'status',
    '/cosmos status',
    '/cosmos',
    'inference ps_7k2m9x4d edge=0.5',
    'create prompt "A street" street.mp4',
    'run street',
    'hello there',
    'statsu',
    '/cosmos clip.mp4',
    'npx cosmos create prompt "A street" clip.mp4',
    'creat prompt "A street" clip.mp4',
    'prepare ./render "A street"',
    'add ps_7k2m9x4d mask.png',
  ])('is a command: %s', (line) => {
    expect(readTerminalLine(line, '/')).toEqual({ ok: true, value: { kind: 'command', text: line } });
  });

  it.each([
    ['street.mp4 A rainy street', 'A rainy street', [['street.mp4', 'street.mp4']]],
    ['"A rainy street" clips/street.MP4', 'A rainy street', [['clips/street.MP4', 'street.MP4']]],
    ['./clip night', 'night', [['./clip', 'clip']]],
    ['../clip night', 'night', [['../clip', 'clip']]],
    ['"my clips/a b.mp4" night', 'night', [['my clips/a b.mp4', 'a b.mp4']]],
    [
      'a.mp4 a_depth.mp4 voice.wav still.png go',
      'go',
      [
        ['a.mp4', 'a.mp4'],
        ['a_depth.mp4', 'a_depth.mp4'],
        ['voice.wav', 'voice.wav'],
        ['still.png', 'still.png'],
      ],
    ],
    ['~/a.mp4 go', 'go', [[join(homedir(), 'a.mp4'), 'a.mp4']]],
    ['nowhere.mp4', '', [['nowhere.mp4', 'nowhere.mp4']]],
    ['"status" a.mp4', 'status', [['a.mp4', 'a.mp4']]],
    ['add snow to this street a.mp4', 'add snow to this street', [['a.mp4', 'a.mp4']]],
    ['snow on a street a.mp4', 'snow on a street', [['a.mp4', 'a.mp4']]],
  ])('is an upload with its text: %s', (line, text, files) => {
    const read = readTerminalLine(line, '/');
    expect(read).toEqual({
      ok: true,
      value: { kind: 'upload', text, files: files.map(([id, name]) => ({ id, name })) },
    });
  });

  it('names a file without a usual ending by its path', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'clips'));
    await writeFile(join(directory, 'clips', 'take'), 'x');
    expect(readTerminalLine('clips/take a street', directory)).toMatchObject({
      value: { kind: 'upload', files: [{ id: 'clips/take', name: 'take' }] },
    });
    expect(readTerminalLine('clips/none a street', directory)).toMatchObject({ value: { kind: 'command' } });
  });

  it.each(['renders/shot A street', 'renders/shot/ A street', './renders/shot A street'])(
    'may name a folder: %s',
    async (line) => {
      const directory = await temporaryDirectory();
      await mkdir(join(directory, 'renders', 'shot'), { recursive: true });
      expect(readTerminalLine(line, directory)).toMatchObject({
        value: { kind: 'upload', text: 'A street', files: [{ name: 'shot' }] },
      });
    },
  );

  it('with an open quotation mark is refused', () => {
    expect(readTerminalLine('"street.mp4 a', '/')).toMatchObject({
      problems: [{ code: 'input.quote_unbalanced' }],
    });
  });
});
