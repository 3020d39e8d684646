import { describe, expect, it } from 'vitest';
import type { AttemptId, InstanceId } from '../../src/core/ids.ts';
import type { JobContainer } from '../../src/core/ports/host.ts';
import { DockerCommand } from '../../src/remote/docker-command.ts';

const attempt = 'jb_words000-a1' as AttemptId;
const instance = 'in_test0000' as InstanceId;
const docker = new DockerCommand(['sudo', '-n', 'docker']);
const PLAIN: JobContainer = { image: 'model:1', gpuFlags: [], mounts: [], user: 'host', flags: [] };

const create = (container: Partial<JobContainer> = {}, directory = '/srv/attempts/a'): readonly string[] =>
  docker.create({
    ...{
      attempt,
      instance,
      directory,
      hostUser: '1000:1001',
      hasSecrets: false,
      entrypoint: ['/entry.sh'],
      planHash: 'hash',
    },
    container: { ...PLAIN, ...container },
    stopGraceMs: 2500,
  });

describe('the words that create a container', () => {
  it('are complete', () => {
    const container = {
      gpuFlags: ['--gpus', '"device=0,1"'],
      mounts: [{ source: '/data/weights', target: '/weights', readOnly: true }],
      sharedMemory: '8g',
      ipc: 'host',
      network: 'none',
      flags: ['--ulimit', 'memlock=-1'],
    } as const;
    expect(create(container)).toEqual([
      ...['sudo', '-n', 'docker', 'create', '--pull', 'never', '--init', '--name', attempt],
      ...['--label', `cosmos-bot.instance=${instance}`, '--label', `cosmos-bot.attempt=${attempt}`],
      ...['--label', 'cosmos-bot.plan=hash', '--restart', 'no', '--security-opt', 'no-new-privileges'],
      ...['--stop-timeout', '13', '--user', '1000:1001'],
      ...['--mount', 'type=bind,source=/srv/attempts/a,target=/cosmos/job'],
      ...['--mount', 'type=bind,source=/srv/attempts/a/in,target=/cosmos/job/in,readonly'],
      ...['--mount', 'type=bind,source=/data/weights,target=/weights,readonly'],
      ...['--ipc', 'host', '--shm-size', '8g', '--network', 'none', '--gpus', '"device=0,1"'],
      ...['--ulimit', 'memlock=-1', '--workdir', '/cosmos/job', '--entrypoint', '/bin/sh'],
      ...['model:1', '/cosmos/job/run.sh', '1000:1001', '/entry.sh'],
    ]);
  });

  it('leave the user to the image where the profile says so, and publish nothing', () => {
    const words = create({ user: 'image' });
    expect(words).not.toContain('--user');
    expect(words.filter((word) => /^(-p|--publish|-P|--privileged|--env|-e)/.test(word))).toEqual([]);
  });

  it('keep commas, quotes and colons of a path in its mount', () => {
    expect(create({}, '/a,b "c":d')).toContain('type=bind,"source=/a,b ""c"":d",target=/cosmos/job');
  });
});
