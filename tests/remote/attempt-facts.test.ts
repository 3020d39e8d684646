import { describe, expect, it } from 'vitest';
import type { InstanceId } from '../../src/core/ids.ts';
import { parseFacts, statusOf } from '../../src/remote/engine/attempt-facts.ts';

const OURS = 'in_test0000' as InstanceId;
const EXIT = '{"format":1,"exit_code":4,"started_at":100,"ended_at":200,"stopped":false}      ';
const exited = { state: 'exited', exitCode: 4, hostStartedAt: 100, hostEndedAt: 200 };
const status = (...lines: readonly string[]): unknown =>
  statusOf(parseFacts([`instance ${OURS}`, ...lines].join('\n')), OURS);

describe('status of an attempt', () => {
  it('is never_started without a directory and without a guard', () => {
    expect(status('guard absent')).toEqual({ state: 'never_started' });
    expect(status('guard none')).toEqual({ state: 'never_started' });
  });

  it('is running without a directory while a process lives', () => {
    expect(status('guard absent', 'alive others', 'at 5')).toEqual({ state: 'running', hostStartedAt: 5 });
  });

  it('is abandoned where the guard is a file', () => {
    expect(status('guard abandoned')).toEqual({ state: 'abandoned' });
  });

  it('is running while a process beside the wrapper lives, whatever the exit file says', () => {
    expect(status('guard started', 'recorded yes', 'alive others', 'at 5', `exit ${EXIT}`)).toEqual({
      state: 'running',
      hostStartedAt: 5,
    });
  });

  it('is exited with an exit file, also while the wrapper that wrote it is about to go', () => {
    expect(status('guard started', 'recorded yes', 'alive wrapper', 'at 5', `exit ${EXIT}`)).toEqual(exited);
    expect(status('guard started', 'recorded yes', 'alive none', 'at ', `exit ${EXIT}`)).toEqual(exited);
    expect(status('guard started', 'recorded yes', 'rebooted yes', `exit ${EXIT}`)).toEqual(exited);
  });

  it('is running while the wrapper lives without a valid exit file', () => {
    const running = { state: 'running', hostStartedAt: 5 };
    expect(status('guard started', 'recorded yes', 'alive wrapper', 'at 5')).toEqual(running);
    expect(status('guard started', 'recorded yes', 'alive wrapper', 'at 5', 'exit {"format":1')).toEqual(
      running,
    );
  });

  it.each([
    [['recorded yes', 'rebooted yes'], 'rebooted'],
    [[], 'ended_before_the_job'],
    [['recorded yes'], 'no_exit_file'],
    [['recorded yes', 'exit nonsense'], 'invalid_exit_file'],
    [['recorded yes', `exit ${EXIT.replace('4', '4000')}`], 'invalid_exit_file'],
  ])('is vanished for %j, and says why', (lines, detail) => {
    expect(status('guard started', ...lines)).toEqual({ state: 'vanished', detail });
  });

  it('is refused for the attempt of another bot', () => {
    const facts = parseFacts('instance in_other000');
    expect(() => statusOf(facts, OURS)).toThrow(
      expect.objectContaining({ code: 'engine.work_dir_unusable' }),
    );
  });

  it('takes the first line of a key, so that a file cannot add facts', () => {
    expect(
      status('guard started', 'recorded yes', 'alive others', 'at 5', 'exit x', 'alive none'),
    ).toMatchObject({
      state: 'running',
    });
  });

  it('is an error where the script said something else', () => {
    for (const text of ['guard perhaps', 'at soon', 'alive -1']) {
      expect(() => parseFacts(text)).toThrow(expect.objectContaining({ code: 'engine.command_failed' }));
    }
  });
});
