import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import type { AttemptId } from '../../../src/core/ids.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { RunLog } from '../../../src/core/runs/run-log.ts';
import { sampleRun } from '../../bot/samples.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FIRST = 'jb_00000000-a1' as AttemptId;
const SECOND = 'jb_00000000-a2' as AttemptId;
const NEVER = new AbortController().signal;

/** A log that grows while somebody follows it: the next step happens whenever the follower has seen everything. */
class LogBench {
  readonly clock = new FakeClock();
  readonly log: RunLog;
  run: Run = sampleRun({ state: 'active', attempt: FIRST });
  readonly #data: DataDirectory;

  private constructor(directory: string) {
    this.#data = new DataDirectory(directory);
    this.log = new RunLog(this.#data, this.clock);
  }

  static async open(): Promise<LogBench> {
    return new LogBench(await temporaryDirectory());
  }

  async write(text: string | Uint8Array, attempt: AttemptId = FIRST): Promise<void> {
    const path = this.#data.log(this.run.id, attempt);
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, text);
  }

  async replace(text: string): Promise<void> {
    await this.write('');
    await writeFile(this.#data.log(this.run.id, FIRST), text);
  }

  /** All lines that somebody sees who follows while the steps happen between the looks. */
  async follow(
    tail: number,
    steps: readonly (() => Promise<void> | void)[],
  ): Promise<{ lines: string[]; state: unknown }> {
    const left = [...steps];
    this.clock.sleep = async () => await left.shift()?.();
    const lines: string[] = [];
    const following = this.log.follow(() => this.run, tail, NEVER);
    for (;;) {
      const next = await following.next();
      if (next.done === true) return { lines, state: next.value };
      lines.push(next.value);
    }
  }

  readonly end = (): void => {
    this.run = { ...this.run, state: 'done' };
  };
}

describe('the tail of a log', () => {
  it('is empty before anything was logged', async () => {
    const bench = await LogBench.open();
    expect(await bench.log.tail(sampleRun(), 10)).toEqual([]);
    expect(await bench.log.tail(bench.run, 10)).toEqual([]);
    await bench.write('');
    expect(await bench.log.tail(bench.run, 10)).toEqual([]);
  });

  it('is the last lines, the unfinished one included', async () => {
    const bench = await LogBench.open();
    await bench.write('one\ntwo\r\nthree\nfo');
    expect(await bench.log.tail(bench.run, 2)).toEqual(['three', 'fo']);
    expect(await bench.log.tail(bench.run, 10)).toEqual(['one', 'two', 'three', 'fo']);
    expect(await bench.log.tail(bench.run, 0)).toEqual([]);
  });

  it('leaves out progress that was overwritten, and shows what stands now', async () => {
    const bench = await LogBench.open();
    await bench.write('start\n1/3\r2/3\r3/3\ndone\n1/9\r2/9\r');
    expect(await bench.log.tail(bench.run, 10)).toEqual(['start', '3/3', 'done', '2/9']);
  });

  it('of a very long log begins with a whole line', async () => {
    const bench = await LogBench.open();
    const line = `${'é'.repeat(99)}\n`;
    await bench.replace(line.repeat(30_000));
    const lines = await bench.log.tail(bench.run, 50_000);
    expect(new Set(lines)).toEqual(new Set(['é'.repeat(99)]));
    expect(lines.length).toBeGreaterThan(20_000);
  });
});

describe('following a log', () => {
  it('shows the last lines, then every further one, to the very last', async () => {
    const bench = await LogBench.open();
    await bench.write('one\ntwo\nthr');
    const followed = await bench.follow(1, [
      async () => await bench.write('ee\nfour\n'),
      () => undefined,
      async () => {
        // The run ends between two looks.
        await bench.write('five\nlast');
        bench.end();
      },
    ]);
    expect(followed).toEqual({ lines: ['two', 'three', 'four', 'five', 'last'], state: 'done' });
  });

  it('waits for a log that is not there yet', async () => {
    const bench = await LogBench.open();
    bench.run = sampleRun();
    const followed = await bench.follow(5, [
      () => {
        bench.run = sampleRun({ state: 'active', attempt: FIRST });
      },
      async () => await bench.write('one\ntwo\n'),
      bench.end,
    ]);
    expect(followed.lines).toEqual(['one', 'two']);
  });

  it('goes over to the next attempt without losing a line of either', async () => {
    const bench = await LogBench.open();
    await bench.write('one\n');
    const followed = await bench.follow(1, [
      async () => {
        await bench.write('two\nhalf');
        await bench.write('a\nb\nc\n', SECOND);
        bench.run = { ...bench.run, attempt: SECOND };
      },
      async () => await bench.write('d\n', SECOND),
      bench.end,
    ]);
    expect(followed.lines).toEqual(['one', 'two', 'half', 'a', 'b', 'c', 'd']);
  });

  it('ends when nobody looks any more, and when the run is not there', async () => {
    const bench = await LogBench.open();
    await bench.write('one\n');
    const lines: string[] = [];
    for await (const line of bench.log.follow(() => bench.run, 5, AbortSignal.abort())) lines.push(line);
    expect(lines).toEqual(['one']);
    const gone = bench.log.follow(() => undefined, 5, NEVER);
    expect(await gone.next()).toEqual({ done: true, value: undefined });
  });

  it('shows the same lines however the log is cut into pieces', async () => {
    const piece = fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '🌧️', '50%\r', 'word ', '\u001b[31m');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat({ max: 60 }), { maxLength: 5 }),
        async (pieces, cuts) => {
          const content = Buffer.from(pieces.join(''));
          const whole = await LogBench.open();
          const expected = await whole.follow(0, [async () => await whole.write(content), whole.end]);
          const bench = await LogBench.open();
          const at = [...new Set(cuts.map((cut) => Math.min(cut, content.length)))].sort((a, b) => a - b);
          const parts = [0, ...at].map((start, index) =>
            content.subarray(start, at[index] ?? content.length),
          );
          const followed = await bench.follow(0, [
            ...parts.map((part) => async () => await bench.write(part)),
            bench.end,
          ]);
          expect(followed.lines).toEqual(expected.lines);
        },
      ),
      { numRuns: 60 },
    );
  });
});
