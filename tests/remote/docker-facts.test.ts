import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../src/core/errors.ts';
import type { AttemptId, InstanceId } from '../../src/core/ids.ts';
import { dockerStatus, engineFailure, parseDockerFacts } from '../../src/remote/engine/docker-facts.ts';
import { startFailure } from '../../src/remote/engine/docker-failure.ts';

const OURS = 'in_test0000' as InstanceId;
const attempt = 'jb_facts000-a1' as AttemptId;
const EXIT = '{"format":1,"exit_code":4,"started_at":100,"ended_at":200,"stopped":false,"oom_kills":0}';
const exited = { state: 'exited', exitCode: 4, hostStartedAt: 100, hostEndedAt: 200 };
const started = ['guard started', 'at 5'];

const container = (
  state: Record<string, unknown>,
  labels: Record<string, string> = {},
): readonly string[] => {
  const json = {
    id: '0123456789abcdef',
    state: {
      ...{ Status: 'exited', Running: false, Paused: false, OOMKilled: false, ExitCode: 0, Error: '' },
      StartedAt: '2026-01-01T00:00:00.5Z',
      ...state,
    },
    labels: { 'cosmos-bot.instance': OURS, 'cosmos-bot.attempt': attempt, ...labels },
  };
  return ['code 0', 'said WARNING: something else', `said ${JSON.stringify(json)}`];
};
const RUNNING = container({ Status: 'running', Running: true });
const NONE = ['code 1', 'said []', `said Error: No such object: ${attempt}`];
const status = (...lines: readonly string[]): unknown =>
  dockerStatus(parseDockerFacts([`instance ${OURS}`, ...lines].join('\n')), attempt, OURS);
const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof CosmosError ? [error.code, error.parameters['reason']] : error;
  }
};

describe('status of an attempt in a container', () => {
  it('is never_started until the guard is taken, whatever container there is', () => {
    expect(status('guard absent', ...NONE)).toEqual({ state: 'never_started' });
    for (const seen of [NONE, RUNNING, container({ Status: 'created' }), container({ ExitCode: 126 })]) {
      expect(status('guard none', ...seen)).toEqual({ state: 'never_started' });
    }
  });

  it('is abandoned where the guard is a file, also while a late container loses against it', () => {
    expect(status('guard abandoned', ...RUNNING)).toEqual({ state: 'abandoned' });
  });

  it('is running while the container runs, whatever the exit file says', () => {
    const running = { state: 'running', hostStartedAt: 5 };
    expect(status(...started, ...RUNNING, `exit ${EXIT}`)).toEqual(running);
    expect(status('guard started', 'at ', ...RUNNING)).toEqual({
      state: 'running',
      hostStartedAt: Date.UTC(2026, 0, 1, 0, 0, 0, 500),
    });
    expect(status('guard absent', ...RUNNING)).toMatchObject({ state: 'running' });
  });

  it('is exited with an exit file, whether the container is still there or not', () => {
    expect(status(...started, ...container({}), `exit ${EXIT}`)).toEqual(exited);
    expect(status(...started, ...NONE, `exit ${EXIT}`)).toEqual(exited);
  });

  it('tells a want of memory by what the engine says and by what the machine has counted', () => {
    const memory = { ...exited, outOfMemory: true };
    expect(status(...started, ...container({ OOMKilled: true }), `exit ${EXIT}`)).toEqual(memory);
    const killed = EXIT.replace(':4', ':137').replace('"oom_kills":0', '"oom_kills":1');
    expect(status(...started, ...NONE, `exit ${killed}`)).toEqual({ ...memory, exitCode: 137 });
    const stopped = killed.replace('false', 'true');
    expect(status(...started, ...NONE, `exit ${stopped}`)).toEqual({
      ...{ ...exited, exitCode: 137 },
      wasStopped: true,
    });
  });

  it.each([
    ['container_removed', NONE, []],
    ['rebooted', container({ ExitCode: 255 }), ['rebooted yes']],
    ['out_of_memory', container({ ExitCode: 137, OOMKilled: true }), []],
    ['out_of_memory', container({ ExitCode: 137 }), ['oom 2']],
    ['killed_from_outside', container({ ExitCode: 137 }), ['oom 0']],
    ['no_exit_file', container({ ExitCode: 143 }), []],
    ['invalid_exit_file', container({}), ['exit {"format":1,']],
    ['container_removed', container({}, { 'cosmos-bot.instance': 'in_other000' }), []],
  ])('is vanished (%s) without a container that runs and an exit file', (detail, seen, more) => {
    expect(status(...started, ...seen, ...more)).toEqual({ state: 'vanished', detail });
  });

  it('is refused for a directory of another bot', () => {
    const text = ['instance in_other000', 'guard started', ...NONE].join('\n');
    const read = () => dockerStatus(parseDockerFacts(text), attempt, OURS);
    expect(codeOf(read)).toEqual(['engine.work_dir_unusable', 'not_ours']);
  });

  it.each([
    ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
    ['error during connect: Get "http://docker/v1.41/containers/x/json": EOF'],
    ['Error response from daemon: get jb_x: database not open'],
  ])('is never read from an engine that does not answer: %s', (said) => {
    const read = () => status('guard started', 'code 1', `said ${said}`);
    expect(codeOf(read)).toEqual(['engine.host_unreachable', 'docker_not_running']);
  });

  it('is never read from an answer that cannot be understood', () => {
    for (const lines of [
      ['code 1', 'said Error: who knows'],
      ['code 0', 'said {"id":1}'],
      ['code 0', 'said '],
    ]) {
      expect(codeOf(() => status('guard started', ...lines))).toEqual(['engine.command_failed', undefined]);
    }
  });
});

describe('a failure of Docker', () => {
  it.each([
    ['docker_denied', 'permission denied while trying to connect to the Docker daemon socket at unix:///x'],
    ['sudo_denied', 'sudo: a password is required'],
    ['sudo_denied', 'sudo: a terminal is required to read the password\nsudo: a password is required'],
    ['sudo_denied', 'Sorry, user cosmos is not allowed to execute /usr/bin/docker info as root on gpu1.'],
    ['docker_missing', 'sudo: docker: command not found'],
    ['docker_missing', 'sh: 1: docker: not found'],
  ])('is %s', (reason, message) => {
    expect(engineFailure('ps', message).toProblem()).toEqual({
      code: 'engine.host_unsupported',
      parameters: { reason },
    });
  });

  it('tells of a start what Docker says, without its frame and without the work directory', () => {
    const said =
      'Error response from daemon: failed to create shim task: OCI runtime create failed: no "/data/w/x" here\nError: failed to start containers: a';
    expect(startFailure('start', said, 'i', '/data/w').toProblem()).toEqual({
      code: 'engine.start_failed',
      parameters: { detail: 'no "<work_dir>/x" here' },
    });
    expect(startFailure('start', 'x'.repeat(5000), 'i', '/w').parameters['detail']).toHaveLength(400);
  });
});
