import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeLines } from '../../../src/core/runs/change-lines.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function changed(content: string, change = (line: string) => line.replaceAll('secret place', 'place')) {
  const directory = await temporaryDirectory();
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(from, content);
  const bytes = await changeLines(from, to, change);
  const copy = await readFile(to, 'utf8');
  expect(bytes).toBe(Buffer.byteLength(copy));
  return copy;
}

describe('a changed copy of a log', () => {
  it.each(['', 'one', 'one\n', 'a\r\nb\r50 %\r\n', 'ünï 🌧️\n'])(
    'keeps what is not changed: %j',
    async (content) => {
      expect(await changed(content)).toBe(content);
    },
  );

  it('finds what lies across the parts in which a file is read', async () => {
    const line = `${'x'.repeat(65_530)} secret place ü\n`;
    expect(await changed(line.repeat(3))).toBe(line.replace('secret place', 'place').repeat(3));
  });

  it('does not keep a file without line ends in memory', async () => {
    const longest: number[] = [];
    await changed('x'.repeat(1_000_000), (line) => {
      longest.push(line.length);
      return line;
    });
    expect(Math.max(...longest)).toBeLessThan(300_000);
  });
});
