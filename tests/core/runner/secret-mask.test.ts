import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valid } from '../../../src/core/errors.ts';
import type { AttemptId, InstanceId } from '../../../src/core/ids.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { LogMirror } from '../../../src/core/runner/log-mirror.ts';
import { SecretMask } from '../../../src/core/runner/secret-mask.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { minimal } from '../models/profiles.ts';
import { TestLane } from './lane.ts';

const ATTEMPT = 'jb_00000001-a1' as AttemptId;
const INSTANCE = 'in_00000001' as InstanceId;
const SECRET = 'hf_hf_token';
const never = new AbortController().signal;
const maskOf = (...values: readonly string[]) => new SecretMask(values.map((value) => new Secret(value)));
const covered = (mask: SecretMask, text: string) => Buffer.from(mask.cover(Buffer.from(text))).toString();

describe('the mask of secrets', () => {
  it('covers every place of every secret and keeps all lengths', () => {
    const mask = maskOf(SECRET, 'geheim');

    expect(covered(mask, `a ${SECRET}${SECRET} and geheim.`)).toBe(`a ${'*'.repeat(22)} and ******.`);
    expect(covered(mask, 'hf_hf_hf_token')).toBe(`hf_${'*'.repeat(11)}`);
    expect(covered(maskOf('gehéim'), 'gehéim')).toBe('*******');
  });

  it('leaves a value alone that is too short to be told from other words', () => {
    expect(covered(maskOf('12345'), '12345 123456')).toBe('12345 123456');
  });

  it('knows how much of the end may still become a secret', () => {
    const mask = maskOf(SECRET);

    expect(mask.unsure(Buffer.from('see hf_'))).toBe(3);
    expect(mask.unsure(Buffer.from('see hf_hf_'))).toBe(6);
    expect(mask.unsure(Buffer.from(`see ${SECRET}`))).toBe(0);
    expect(mask.unsure(Buffer.from(''))).toBe(0);
  });

  it('waits before a whole secret whose own end may begin another one', () => {
    const mask = maskOf('ab-cd-ab', 'secret');

    expect(mask.unsure(Buffer.from('see ab-cd-ab'))).toBe(8);
    expect(mask.unsure(Buffer.from('see ab-cd-ab\n'))).toBe(0);
    expect(maskOf('geheim', 'eim-oder').unsure(Buffer.from('see geheim'))).toBe(6);
  });
});

describe('the copy of a log with secrets in it', () => {
  it('never holds one, wherever it was cut, and holds all else', async () => {
    const directory = await temporaryDirectory();
    let copies = 0;
    const secrets = [SECRET, 'ab-cd-ab', 'ken-ab-'];
    const piece = fc.constantFrom(...secrets, 'hf_', 'hf_hf_', 'token', '-cd-ab', 'ab', '\n', 'x');
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), cuts, async (pieces, lengths) => {
        const printed = pieces.join('');
        const host = new FakeHost({ instance: INSTANCE });
        await host.prepare({
          ...{ attempt: ATTEMPT, instance: INSTANCE, files: [], inputs: [], argv: ['true'] },
          ...{ environment: {}, workingDirectory: '.', gpus: [], stopGraceMs: 0 },
        });
        await host.start(ATTEMPT);
        copies += 1;
        const path = join(directory, `${copies}.log`);
        const seen: Uint8Array[] = [];
        const receive = (bytes: Uint8Array) => seen.push(bytes.slice());
        await using mirror = await LogMirror.open(host, ATTEMPT, path, receive, maskOf(...secrets));
        let at = 0;
        for (const length of lengths) {
          host.appendLog(ATTEMPT, printed.slice(at, at + length));
          at += length;
          await mirror.follow(receive, never);
        }
        host.appendLog(ATTEMPT, printed.slice(at));
        await mirror.follow(receive, never, { isComplete: true });
        const expected = covered(maskOf(...secrets), printed);
        expect(await readFile(path, 'utf8')).toBe(expected);
        expect(Buffer.concat(seen).toString()).toBe(expected);
      }),
      { numRuns: 120 },
    );
  });

  it('is what people see of a run whose model prints its secret, after a restart too', async () => {
    const lane = await TestLane.open();
    lane.secrets = () => valid(new Secret(SECRET));
    const { run, attempt } = await lane.begin(profile);
    lane.host.appendLog(attempt, `login with ${SECRET}\nhf_`);
    await lane.after(1000);
    await lane.restart();
    lane.host.finish(attempt, { exitCode: 1, log: 'hf_token is wrong\n' });
    await lane.settle();

    const stars = '*'.repeat(SECRET.length);
    expect(lane.run(run)).toMatchObject({
      state: 'failed',
      problem: { code: 'model.exit_code', parameters: { detail: `${stars} is wrong` } },
      progress: { logTail: [`login with ${stars}`, `${stars} is wrong`] },
    });
    expect(await filesWith(SECRET, lane.directory)).toEqual([]);
  });

  it('is not begun where the secret has gone since the run was queued', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim(profile);
    await lane.settle();

    expect(lane.host.starts(attempt)).toBe(0);
    expect(lane.run(run)).toMatchObject({
      state: 'failed',
      problem: { code: 'input.secret_missing', parameters: { secret: 'HF_TOKEN' } },
    });
  });
});

const profile = minimal({ command: { secret_environment: { HF_TOKEN: { env: 'HF_TOKEN' } } } });

/** Names of the files below a directory that hold the words. */
async function filesWith(words: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => await readFile(file, 'latin1')));
  return files.filter((_, index) => contents[index]?.includes(words));
}
