import { mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogParts } from '../../../src/core/runner/log-parts.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { begun, works } from './batch-bench.ts';

const LINES = ['load', 'é', '', '1%', 'done'].map((text) => ({ text, rewritten: text.endsWith('%') }));
const WHOLE = 'load\né\n\n1%\rdone\n';

describe('the parts of a log', () => {
  it('are the lines of each run, with the end that the log has without a line end', async () => {
    const paths = await pathsOf(2);
    const parts = await LogParts.open(paths);
    for (const line of LINES) parts.add(0, line);
    parts.add(1, { text: 'other', rewritten: false });
    parts.complete((item) => (item === 1 ? 'end' : ''));
    parts.complete(() => 'again');
    await parts.flush();

    expect(await contentsOf(paths)).toEqual([WHOLE, 'other\nend']);
  });

  it('are the same however often the bot was killed on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: LINES.length }), { maxLength: 4 }),
        fc.nat({ max: Buffer.byteLength(WHOLE) }),
        async (kills, torn) => {
          const paths = await pathsOf(1);
          await writeFile(String(paths[0]), Buffer.from(WHOLE).subarray(0, torn));
          for (const lines of [...kills, LINES.length]) {
            const parts = await LogParts.open(paths);
            for (const line of LINES.slice(0, lines)) parts.add(0, line);
            await parts.flush();
          }
          expect(await contentsOf(paths)).toEqual([WHOLE]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('that cannot be written are written the next time', async () => {
    const paths = await pathsOf(1);
    const parts = await LogParts.open(paths);
    await mkdir(String(paths[0]));
    for (const line of LINES) parts.add(0, line);
    await expect(parts.flush()).rejects.toThrow();
    await rmdir(String(paths[0]));
    await parts.flush();
    await parts.flush();

    expect(await contentsOf(paths)).toEqual([WHOLE]);
  });
});

describe('the log of a batch', () => {
  it('is kept whole beside its first run, and told in parts, also by the next bot', async () => {
    const { lane, runs, attempt } = await begun(['snow falls on the old town', 'rain falls on the new town']);
    lane.host.appendLog(attempt, 'texts: snow falls on the old town\n');
    works(lane, attempt, 0, 'snow falls on the old town');
    await lane.settle();
    await lane.restart();
    works(lane, attempt, 1, 'rain falls on the new town');
    lane.host.finish(attempt, { log: 'bye' });
    await lane.settle();

    const [first, second] = runs;
    if (first === undefined || second === undefined) throw new Error('two runs');
    const text = 'texts: snow falls on the old town\n';
    expect(await contentsOf(runs.map((run) => lane.data.log(run, attempt)))).toEqual([
      `${text}load\nbegin\nsaved 0\n`,
      '[…]\nload\nbegin\nsaved 1\nbye',
    ]);
    expect(await readFile(lane.data.sharedLog(first, attempt), 'utf8')).toBe(
      `${text}load\nbegin\nsaved 0\nbegin\nsaved 1\nbye`,
    );
    expect(lane.run(second).progress?.logTail).toEqual(['[…]', 'load', 'begin', 'saved 1', 'bye']);
  });
});

describe('the parts of a long log that is read at once', () => {
  it('are written piece by piece', async () => {
    const { lane, runs, attempt } = await begun(['snow falls on the old town', 'rain falls on the new town']);
    const line = `${'x'.repeat(99)}\n`;
    lane.host.finish(attempt, { log: line.repeat(30_000) });
    const [first] = runs;
    if (first === undefined) throw new Error('two runs');
    const part = lane.data.log(first, attempt);
    const read = lane.host.readLog.bind(lane.host);
    const written: number[] = [];
    lane.host.readLog = async (...call) => {
      written.push((await stat(part).catch(() => undefined))?.size ?? 0);
      return await read(...call);
    };
    await lane.settle();

    expect(written).toHaveLength(4);
    expect(written.toSorted((one, other) => one - other)).toEqual(written);
    expect(new Set(written).size).toBe(4);
  });
});

async function pathsOf(parts: number): Promise<string[]> {
  const directory = await temporaryDirectory();
  return Array.from({ length: parts }, (_, index) => join(directory, `${index}.log`));
}

async function contentsOf(paths: readonly string[]): Promise<string[]> {
  return await Promise.all(paths.map(async (path) => await readFile(path, 'utf8')));
}
