import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { receiveFiles } from '../../../src/bot/chat/receive-files.ts';
import { TERMINAL_PLACE, TerminalChat } from '../../../src/bot/terminal/terminal-chat.ts';
import type { ChatFile, Inbound } from '../../../src/core/ports/chat.ts';
import { FakeChat } from '../../fakes/fake-chat.ts';
import { makePng } from '../../support/sample-clips.ts';
import { must, openWorkbench } from '../../support/workbench.ts';

type Upload = Extract<Inbound, { kind: 'upload' }>;

function upload(...files: readonly ChatFile[]): Upload {
  const user = { id: 'ana', name: 'ana', groups: [] };
  return { kind: 'upload', dedupeKey: 'one', where: TERMINAL_PLACE, user, at: 0, text: 'A street', files };
}

describe('a folder that is named in the terminal chat', () => {
  it('is read where it lies, and stays as it is', async () => {
    const bench = await openWorkbench();
    onTestFinished(async () => await bench.bot.close());
    const folder = join(bench.directory, 'renders', 'shot');
    await mkdir(folder, { recursive: true });
    for (const number of [1, 2]) await makePng(join(folder, `color.000${number}.png`));
    const voice = join(bench.directory, 'notes.txt');
    await writeFile(voice, 'x');
    const { transcript } = bench.bot.parts.store;
    const port = new TerminalChat({ transcript, directory: bench.directory, onChange: () => undefined });
    const event = upload({ id: 'renders/shot', name: 'shot' }, { id: 'notes.txt', name: 'notes.txt' });
    {
      await using files = await receiveFiles(event, receiving(port, bench.directory));
      expect(must(files.received)).toMatchObject([
        { path: folder, name: 'shot' },
        { name: 'notes.txt', downloaded: { bytes: 1 } },
      ]);
      const [shot] = must(files.received);
      const given = { text: 'A street', files: shot === undefined ? [] : [shot] };
      const prompt = must(await bench.api.createPrompt(bench.actor(), given));
      expect(prompt.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
        ['color', 'shot_color.mp4'],
      ]);
    }
    expect((await readFile(join(folder, 'color.0001.png'))).length).toBeGreaterThan(0);
  });

  it('is none in another chat, whatever a file there is called', async () => {
    const bench = await openWorkbench();
    onTestFinished(async () => await bench.bot.close());
    const event = upload({ id: bench.directory, name: bench.directory });
    await using files = await receiveFiles(
      event,
      receiving(new FakeChat({ clock: bench.clock }), bench.directory),
    );
    expect(files.received).toMatchObject({ ok: false, problems: [{ code: 'input.file_missing' }] });
  });
});

function receiving(port: TerminalChat | FakeChat, directory: string) {
  const { signal } = new AbortController();
  return { port, directory: join(directory, 'incoming'), maxBytes: 1_000_000, signal };
}
