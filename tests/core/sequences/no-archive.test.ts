import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import { seemsToBe } from '../../../src/core/sequences/no-archive.ts';
import { makeZip } from '../../support/make-zip.ts';
import { makePng } from '../../support/sample-clips.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openWorkbench } from '../../support/workbench.ts';

const TAR = Buffer.alloc(512);
TAR.write('ustar', 257);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('a file that calls itself an archive', () => {
  it.each([
    ['7z', Buffer.from('377abcaf271c0004', 'hex')],
    ['rar', latin1('Rar!\x1a\x07\x01\x00')],
    ['gzip', Buffer.from('1f8b0800', 'hex')],
    ['tar', TAR],
    ['pdf', Buffer.from('%PDF-1.7\n')],
    ['page', Buffer.from('\n<!DOCTYPE html><html>Log in')],
    ['page', Buffer.from('<HTML>')],
    ['page', Buffer.from('<?xml version="1.0"?><Error/>')],
    ['text', Buffer.from('é https://example.com/render')],
    ['text', Buffer.from('a\t\r\n \v\f')],
    ['text', Buffer.from('see <html>')],
    ['video', latin1('\0\0\0\x18ftypmp42')],
    ['video', latin1('RIFF\0\0\0\0AVI LIST')],
    ['video', Buffer.from('1a45dfa3', 'hex')],
    ['sound', latin1('RIFF\0\0\0\0WAVEfmt ')],
    ['sound', latin1('ID3\x04\0')],
    ['sound', latin1('fLaC\0')],
    ['sound', latin1('OggS\0')],
    ['picture', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['picture', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['picture', latin1('GIF89a\x01\0')],
    ['picture', latin1('II*\0\b\0')],
    ['picture', latin1('MM\0*\0\0')],
    ['picture', latin1('v/1\x01\0')],
    ['picture', latin1('RIFF\0\0\0\0WEBPVP8 ')],
    ['cut_archive', latin1('PK\x01\x02')],
    ['unknown', Buffer.from([0, 1, 2, 3])],
    ['unknown', Buffer.from('a\bc')],
    ['unknown', Buffer.from('a\x0ec')],
    ['unknown', Buffer.from('a\x1fc')],
    ['unknown', latin1('\0RIFF\0\0\0\0WAVE')],
    ['unknown', latin1('RIFF\0\0\0\0ACON')],
  ])('and is none is known as %s', async (kind, content) => {
    const path = join(await temporaryDirectory(), 'render.zip');
    await writeFile(path, content);
    expect(await seemsToBe(path)).toBe(kind);
  });

  it('and is none is refused with what it seems to be, and what to send', async () => {
    const bench = await openWorkbench();
    onTestFinished(async () => await bench.bot.close());
    const png = await makePng(join(bench.directory, 'frame.png'));
    const path = join(bench.directory, 'upload');
    await writeFile(path, await readFile(png));
    const files = [{ path, name: 'render.ZIP' }];
    const refused = await bench.api.createPrompt(bench.actor(), { text: 'A street', files });

    if (refused.ok) throw new Error('it was taken');
    expect(refused.problems).toEqual([
      { code: 'input.archive_other', parameters: { file: 'render.ZIP', seems: 'picture' } },
    ]);
    expect(explain(refused.problems[0])).toEqual({
      sentence: '`render.ZIP` is no ZIP archive, whatever its name says: it seems to be a single picture.',
      nextStep:
        'Give it the ending of a picture, such as `.png`, and send it again; many pictures come in a ZIP archive.',
    });
  });

  it('and is one is taken', async () => {
    const path = await makeZip(join(await temporaryDirectory(), 'render.zip'), { 'a.txt': Buffer.from('a') });
    const bench = await openWorkbench();
    onTestFinished(async () => await bench.bot.close());
    const refused = await bench.api.createPrompt(bench.actor(), { text: 'A street', files: [{ path }] });
    expect(refused).toMatchObject({ problems: [{ code: 'input.sequence_names' }] });
  });

  it.each([
    ['is empty', 'input.file_empty'],
    ['is not there', 'input.file_missing'],
  ])('and %s is told of as other files are', async (_what, code) => {
    const bench = await openWorkbench();
    onTestFinished(async () => await bench.bot.close());
    const path = join(bench.directory, 'render.zip');
    if (code === 'input.file_empty') await writeFile(path, '');
    const refused = await bench.api.createPrompt(bench.actor(), { text: 'A street', files: [{ path }] });
    expect(refused).toMatchObject({ problems: [{ code }] });
  });
});
