import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptId, InstanceId } from '../../../src/core/ids.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import { LogMirror } from '../../../src/core/runner/log-mirror.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ATTEMPT = 'jb_00000001-a1' as AttemptId;
const INSTANCE = 'in_00000001' as InstanceId;
const PLAN: AttemptPlan = {
  attempt: ATTEMPT,
  instance: INSTANCE,
  files: [],
  inputs: [],
  argv: ['true'],
  environment: {},
  workingDirectory: '.',
  gpus: [],
  stopGraceMs: 0,
};
const never = new AbortController().signal;

async function startedHost(): Promise<FakeHost> {
  const host = new FakeHost({ instance: INSTANCE });
  await host.prepare(PLAN);
  await host.start(ATTEMPT);
  return host;
}

describe('the copy of a log', () => {
  it('has lost and doubled nothing, wherever the bot was restarted', async () => {
    const directory = await temporaryDirectory();
    let copies = 0;
    const piece = fc.record({
      bytes: fc.uint8Array({ maxLength: 40 }),
      restarts: fc.boolean(),
      isRead: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const host = await startedHost();
        copies += 1;
        const path = join(directory, `${copies}.log`);
        let seen: Uint8Array[] = [];
        const open = async () => {
          seen = [];
          return await LogMirror.open(host, ATTEMPT, path, (bytes) => seen.push(bytes.slice()));
        };
        let mirror = await open();
        for (const { bytes, restarts, isRead } of pieces) {
          host.appendLog(ATTEMPT, bytes);
          if (isRead) await mirror.follow((received) => seen.push(received.slice()), never);
          if (!restarts) continue;
          await mirror[Symbol.asyncDispose]();
          mirror = await open();
        }
        await mirror.follow((received) => seen.push(received.slice()), never);
        await mirror[Symbol.asyncDispose]();
        const whole = Buffer.concat(pieces.map(({ bytes }) => bytes));
        expect(await readFile(path)).toEqual(whole);
        expect(Buffer.concat(seen)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('takes a piece once, also when a part of it was written before the disk was full', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'run.log');
    const host = await startedHost();
    host.appendLog(ATTEMPT, 'first\n');
    await using mirror = await LogMirror.open(host, ATTEMPT, path, () => undefined);
    await mirror.follow(() => undefined, never);
    await appendFile(path, 'sec');
    host.appendLog(ATTEMPT, 'second\n');
    await mirror.follow(() => undefined, never);
    expect(await readFile(path, 'utf8')).toBe('first\nsecond\n');
  });

  it('is read in pieces of bounded size, however long the log is', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'run.log');
    const host = await startedHost();
    const line = Buffer.from(`${'x'.repeat(99)}\n`);
    const bytes = 200_000_000;
    host.readLog = async (_attempt, offset, maxBytes) => {
      const length = Math.min(maxBytes, bytes - offset);
      return Buffer.alloc(length, line);
    };
    let largest = 0;
    let received = 0;
    const before = process.memoryUsage().arrayBuffers;
    let peak = before;
    await using mirror = await LogMirror.open(host, ATTEMPT, path, () => undefined);
    await mirror.follow((piece) => {
      largest = Math.max(largest, piece.length);
      received += piece.length;
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }, never);
    expect(received).toBe(bytes);
    expect(largest).toBeLessThanOrEqual(1024 * 1024);
    expect((await stat(path)).size).toBe(bytes);
    expect(peak - before).toBeLessThan(bytes * 0.75);
  });

  it('comes back after a share of a log that grows faster than it is read', async () => {
    const directory = await temporaryDirectory();
    const host = await startedHost();
    host.readLog = async (_attempt, _offset, maxBytes) => Buffer.alloc(maxBytes, 'y\n');
    await using mirror = await LogMirror.open(host, ATTEMPT, join(directory, 'run.log'), () => undefined);
    const followed = await mirror.follow(() => undefined, never, { maxBytes: 3_000_000 });
    expect(followed.isAtEnd).toBe(false);
    expect(followed.received).toBeGreaterThanOrEqual(3_000_000);
    expect(followed.received).toBeLessThan(5_000_000);
  });
});
