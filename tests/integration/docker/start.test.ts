import { readFile, stat } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { AttemptId, InstanceId } from '../../../src/core/ids.ts';
import type { JobContainer } from '../../../src/core/ports/host.ts';
import { AssetStore } from '../../../src/remote/assets.ts';
import { AttemptDirectories } from '../../../src/remote/attempt-dir.ts';
import { START_CONTAINER_SCRIPT } from '../../../src/remote/container-script.ts';
import { DockerEngine } from '../../../src/remote/engine/docker-engine.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import type { CommandOptions, CommandResult } from '../../../src/remote/transport/transport.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { DockerDaemon, missingForDocker, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { INSTANCE, PATH, WAIT } from '../remote/process-host.ts';
import { containerPlan, DockerHost, makeDockerHost } from './docker-host.ts';

const missing = await missingForDocker();
const attempt = 'jb_start000-a1' as AttemptId;
const OTHER = 'in_other000' as InstanceId;
const ONCE = 'printf x >>runs';

/** The bot dies, or its connection, between the two steps. */
class DiesBeforeStart extends LocalTransport {
  override async runScript(
    script: string,
    parameters: readonly string[],
    options?: CommandOptions,
  ): Promise<CommandResult> {
    if (script === START_CONTAINER_SCRIPT) throw new Error('killed');
    return super.runScript(script, parameters, options);
  }
}

describe.skipIf(missing !== undefined)(`how containers are started${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  let docker: DockerHost;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
  }, 60_000);
  afterAll(() => daemon[Symbol.asyncDispose](), 60_000);
  beforeEach(async () => {
    docker = await DockerHost.create(daemon);
  });
  afterEach(() => docker[Symbol.asyncDispose]());

  const containers = (): Promise<string> => daemon.docker('ps', '--all', '--no-trunc', '--quiet');
  const prepare = (script: string, container: Partial<JobContainer> = {}): Promise<void> =>
    docker.host.prepare(containerPlan(attempt, script, {}, container));
  const refusal = async (container: Partial<JobContainer>, script = ONCE): Promise<CosmosError> => {
    await prepare(script, container);
    const thrown = await docker.host.start(attempt).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(thrown instanceof CosmosError)) throw new Error('was started', { cause: thrown });
    return thrown;
  };
  /** Creates the container as a bot does that dies before it starts it. */
  const createOnly = async (): Promise<void> => {
    const transport = new DiesBeforeStart({ PATH, HOME: '/' });
    const random = { bytes: (count: number) => new Uint8Array(count) };
    const { workDir } = docker;
    const assets = new AssetStore(transport, workDir, random);
    const directories = new AttemptDirectories({ transport, workDir, instance: INSTANCE, assets, random });
    const engine = new DockerEngine({ transport, directories, instance: INSTANCE, command: daemon.command });
    await expect(engine.start(attempt)).rejects.toThrow('killed');
  };

  it('has one winner in each race of two starts and an abandon', async () => {
    const other = makeDockerHost(docker.workDir, daemon);
    const winners = { started: 0, abandoned: 0 };
    for (let n = 1; n <= 16; n += 1) {
      const one = `jb_race0000-a${n}` as AttemptId;
      await docker.host.prepare(containerPlan(one, ONCE));
      const [abandoned] = await Promise.all([
        after((n % 8) * 50).then(() => other.abandon(one)),
        docker.host.start(one),
        after((n % 3) * 20).then(() => other.start(one)),
      ]);
      const { state } = await untilState(docker.host, one, 'exited', 'abandoned');
      expect([abandoned, state, await docker.runs(one)]).toEqual(
        abandoned === 'abandoned' ? ['abandoned', 'abandoned', 0] : ['already_started', 'exited', 1],
      );
      winners[abandoned === 'abandoned' ? 'abandoned' : 'started'] += 1;
    }
    await other.close();
    expect(winners.started).toBeGreaterThan(0);
    expect(winners.abandoned).toBeGreaterThan(0);
  }, 60_000);

  it('starts the container that a bot created before it was killed', async () => {
    await prepare(ONCE);
    await createOnly();
    const created = await containers();
    expect(await docker.host.inspect(attempt)).toEqual({ state: 'never_started' });
    await docker.host.start(attempt);
    await untilState(docker.host, attempt, 'exited');
    expect(await containers()).toBe(created);
    expect(await docker.runs(attempt)).toBe(1);
  });

  it('makes another container where another plan was prepared after the first was created', async () => {
    await prepare('echo old');
    await createOnly();
    const created = await containers();
    await prepare('echo "$FLAGGED"', { flags: ['--env', 'FLAGGED=new'] });
    await docker.host.start(attempt);
    await untilState(docker.host, attempt, 'exited');
    expect(await containers()).not.toBe(created);
    expect(await docker.log(attempt)).toBe('new\n');
  });

  it('leaves an abandoned attempt and its created container unused, and removes both', async () => {
    await prepare(ONCE);
    await createOnly();
    expect(await docker.host.abandon(attempt)).toBe('abandoned');
    await docker.host.start(attempt);
    await daemon.docker('start', attempt);
    await daemon.docker('wait', attempt);
    expect(await docker.host.inspect(attempt)).toEqual({ state: 'abandoned' });
    expect(await docker.runs(attempt)).toBe(0);
    await docker.host.discard(attempt);
    expect(await containers()).toBe('');
  });

  it('says which image is missing, and starts nothing', async () => {
    const image = 'registry.invalid/model:1';
    expect(await refusal({ image })).toMatchObject({
      code: 'engine.image_missing',
      parameters: { image, host: 'here' },
    });
    expect(await refusal({ image, entrypoint: '' })).toMatchObject({ code: 'engine.image_missing' });
    expect(await containers()).toBe('');
  });

  it('says that Docker cannot give the GPUs, removes what it created, and can be started later', async () => {
    const gpuFlags = ['--gpus', '"device=0,1"'];
    expect(await refusal({ gpuFlags })).toMatchObject({
      code: 'engine.gpu_unavailable',
      parameters: { detail: 'could not select device driver "" with capabilities: [[gpu]]' },
    });
    expect(await containers()).toBe('');
    expect(await docker.host.inspect(attempt)).toEqual({ state: 'never_started' });
    await prepare(ONCE);
    await docker.host.start(attempt);
    await untilState(docker.host, attempt, 'exited');
  });

  it('sends the flags of the GPUs exactly as they are written', async () => {
    await prepare(ONCE, { gpuFlags: ['--gpus', '"device=0,1"'], sharedMemory: '8m', ipc: 'private' });
    await createOnly();
    const config = JSON.parse(await daemon.docker('inspect', attempt))[0];
    expect(config.HostConfig.DeviceRequests).toMatchObject([{ DeviceIDs: ['0', '1'] }]);
    expect(config.HostConfig).toMatchObject({
      ShmSize: 8 * 1024 * 1024,
      IpcMode: 'private',
      Init: true,
      AutoRemove: false,
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges'],
      PortBindings: {},
    });
    expect(config.Name).toBe(`/${attempt}`);
    expect(config.Config.Labels).toMatchObject({
      'cosmos-bot.instance': INSTANCE,
      'cosmos-bot.attempt': attempt,
    });
  });

  it('says what Docker says of a mount that is not there, without paths of its own', async () => {
    const mounts = [{ source: `${docker.workDir}/nothing`, target: '/models', readOnly: true }];
    const { code, parameters } = await refusal({ mounts });
    expect(code).toBe('engine.start_failed');
    expect(parameters['detail']).toContain('<work_dir>/nothing');
    expect(await containers()).toBe('');
  });

  it.each([
    ['a host without process ids of its own', { flags: ['--pid=host'] }, 'invalid_flag'],
    ['a name', { flags: ['--name', 'mine'] }, 'invalid_flag'],
    ['a container that removes itself', { flags: ['--rm'] }, 'invalid_flag'],
    ['a user in short', { flags: ['-u', '0'] }, 'invalid_flag'],
    ['a relative mount', { mounts: [{ source: 'a', target: '/a', readOnly: true }] }, 'invalid_mount'],
    ['a flag for an image', { image: '--privileged' }, 'invalid_image'],
  ])('refuses %s', async (_, container, reason) => {
    await expect(prepare(ONCE, container)).rejects.toMatchObject({ parameters: { reason } });
  });

  it("refuses a plan without a container, and a stranger's container of the same name", async () => {
    const { container: _, ...plan } = containerPlan(attempt, ONCE);
    const code = 'engine.start_failed';
    await expect(docker.host.prepare(plan)).rejects.toMatchObject({ code });
    await daemon.docker('create', '--name', attempt, TEST_IMAGE, '/bin/sh');
    const stranger = await containers();
    expect(await refusal({})).toMatchObject({ code, parameters: { reason: 'name_taken' } });
    expect(await docker.host.inspect(attempt)).toEqual({ state: 'never_started' });
    await docker.host.discard(attempt);
    expect(await containers()).toBe(stranger);
    await daemon.docker('rm', attempt);
  });

  it("never touches another bot's containers", async () => {
    await docker.startScript(attempt, WAIT);
    const other = makeDockerHost(`${docker.directory}/other`, daemon, { instance: OTHER });
    expect(await other.leftovers(OTHER)).toEqual([]);
    await other.stop(attempt, 'kill');
    expect(await other.inspect(attempt)).toEqual({ state: 'never_started' });
    await other.discard(attempt);
    await other.close();
    expect(await docker.host.inspect(attempt)).toMatchObject({ state: 'running' });
    await docker.release(attempt);
    await untilState(docker.host, attempt, 'exited');
  });

  it('gives the job its environment, its directory and a home, and inputs that it cannot change', async () => {
    const script =
      'pwd; echo "$HOME $TOKEN $USER"; touch /cosmos/job/in/x || echo kept; env | grep -c ^COSMOS_BOT';
    const plan = { workingDirectory: '/workspace', environment: { TOKEN: "it's", HOME: '/tmp' } };
    await docker.startScript(attempt, script.replace('grep -c', 'wc -l; echo'), plan);
    await untilState(docker.host, attempt, 'exited');
    expect(await docker.log(attempt)).toMatch(
      /^\/workspace\n\/tmp it's cosmos\n.*Read-only file system\nkept\n/,
    );
  });

  it('runs the job through the entrypoint of its image, unless the profile says otherwise', async () => {
    const derived = 'cosmos-bot-test:entrypoint';
    await daemon.docker('create', '--name', 'derive', TEST_IMAGE, '/bin/sh');
    await daemon.docker('commit', '--change', 'ENTRYPOINT ["/bin/env","GREETING=hello"]', 'derive', derived);
    await daemon.docker('rm', 'derive');
    const logs: string[] = [];
    for (const [n, entrypoint] of [undefined, '', '/bin/echo'].entries()) {
      const one = `jb_entry000-a${n}` as AttemptId;
      const container = { image: derived, ...(entrypoint !== undefined && { entrypoint }) };
      await docker.host.prepare(containerPlan(one, 'echo "$GREETING."', {}, container));
      await docker.host.start(one);
      await untilState(docker.host, one, 'exited');
      logs.push(await docker.log(one));
    }
    expect(logs).toEqual(['hello.\n', '.\n', '/bin/sh -c echo "$GREETING."\n']);
  });

  it('collects and removes what the user of an image has written', async () => {
    const derived = 'cosmos-bot-test:user';
    await daemon.docker('create', '--name', 'derive', TEST_IMAGE, '/bin/sh');
    await daemon.docker('commit', '--change', 'USER 1234:1234', 'derive', derived);
    await daemon.docker('rm', 'derive');
    const script = 'id -u; umask 077; mkdir out/deep; echo secret >out/deep/a.txt';
    await prepare(script, { image: derived, user: 'image' });
    await docker.host.start(attempt);
    expect(await untilState(docker.host, attempt, 'exited')).toMatchObject({ exitCode: 0 });
    expect(await docker.log(attempt)).toBe('1234\n');
    const written = docker.path(attempt, 'out/deep/a.txt');
    expect(await readFile(written, 'utf8')).toBe('secret\n');
    expect(await stat(written)).toMatchObject({ uid: 1234, mode: 0o100666 });
    await docker.host.discard(attempt);
    expect(await containers()).toBe('');
    expect(await docker.host.leftovers(INSTANCE)).toEqual([]);
  });
});
