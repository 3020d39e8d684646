import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import type { AttemptPlan, Host } from '../../../src/core/ports/host.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { DockerDaemon, missingForDocker, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { containerPlan } from '../docker/docker-host.ts';
import { makeHost, scriptPlan, WAIT } from './process-host.ts';

const ATTEMPT = 'jb_secret00-a1' as AttemptId;
/** Found by its beginning; the rest is what a shell would stumble over. */
const MARK = `hf_${randomBytes(12).toString('hex')}`;
const VALUE = `${MARK} it's "quoted" $(id) \`id\`\nsecond line\\`;
/** An image whose user is neither root nor the user of the host. */
const USER_IMAGE = 'cosmos-bot-test:user';

interface Place {
  readonly host: Host;
  /** The same host for a bot that knows nothing of the first one. */
  readonly restarted: Host;
  readonly path: (name: string) => string;
}

const plan = (over: Partial<AttemptPlan> = {}): AttemptPlan =>
  scriptPlan(ATTEMPT, `printf %s "$HF_TOKEN" >out/got; echo ready; ${WAIT}`, {
    secretEnvironment: { HF_TOKEN: new Secret(VALUE) },
    ...over,
  });

/** Files below a directory in which the secret can be found, other than what the job itself has written. */
async function filesWithSecret(directory: string): Promise<readonly string[]> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    found.map(async (file) => ({ file, text: await readFile(file, 'latin1') })),
  );
  return contents
    .filter(({ text }) => text.includes(MARK))
    .map(({ file }) => file.slice(directory.length + 1));
}

/** Command lines of all processes of this machine, which is the host too. */
async function commandLines(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'latin1').catch(() => ''));
  return (await Promise.all(lines)).join('\n');
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** From the making of the attempt to its removal, as after a restart of the bot between any two steps. */
async function expectKept(
  { host: first, restarted: host, path }: Place,
  planned: AttemptPlan,
  whileRunning: () => Promise<void> = async () => undefined,
): Promise<void> {
  await first.prepare(planned);
  expect(await filesWithSecret(path(''))).toEqual(['secret/environment']);
  expect(await modeOf(path('secret'))).toBe('700');
  expect(await modeOf(path('secret/environment'))).toBe('600');
  await first.prepare(planned);

  await host.start(ATTEMPT);
  while (!Buffer.from(await host.readLog(ATTEMPT, 0, 100)).includes('ready')) await host.inspect(ATTEMPT);
  expect(await readFile(path('out/got'), 'utf8')).toBe(VALUE);
  expect(await filesWithSecret(path(''))).toEqual(['out/got']);
  expect(await commandLines()).not.toContain(MARK);
  await whileRunning();
  // What is empty by now does not make a prepared job another one.
  await host.prepare(planned);
  expect(await host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });

  await host.stop(ATTEMPT, 'kill');
  await untilState(host, ATTEMPT, 'exited', 'vanished');
  await host.discard(ATTEMPT);
  await expect(stat(path(''))).rejects.toMatchObject({ code: 'ENOENT' });
}

async function placeOf(base: string, options: Partial<Parameters<typeof makeHost>[0]>): Promise<Place> {
  const workDir = join(base, "work dir's");
  const host = makeHost({ workDir, ...options });
  const restarted = makeHost({ workDir, ...options });
  onTestFinished(async () => {
    for (const { attempt } of await host.leftovers(plan().instance)) await host.stop(attempt, 'kill');
    await host.close();
    await restarted.close();
    await rm(base, { recursive: true, force: true });
  });
  return { host, restarted, path: (name) => join(workDir, 'attempts', ATTEMPT, name) };
}

describe('the secrets of a job', () => {
  it('reach a process of this machine, and nothing else shows them', async () => {
    await expectKept(await placeOf(await mkdtemp(join(tmpdir(), 'cosmos-bot-')), {}), plan());
  });

  it('are replaced where a job that has not begun is prepared with others', async () => {
    const { host, path } = await placeOf(await mkdtemp(join(tmpdir(), 'cosmos-bot-')), {});
    await host.prepare(plan({ secretEnvironment: { HF_TOKEN: new Secret('an old one') } }));
    await host.prepare(plan());
    expect(await readFile(path('secret/environment'), 'utf8')).not.toContain('an old one');
    await host.start(ATTEMPT);
    while (!Buffer.from(await host.readLog(ATTEMPT, 0, 100)).includes('ready')) await host.inspect(ATTEMPT);
    expect(await readFile(path('out/got'), 'utf8')).toBe(VALUE);
  });

  it.each([
    ['a value that no variable can hold', { HF_TOKEN: new Secret('a\0b') }],
    ['a variable of the bot', { COSMOS_BOT_TOKEN: new Secret(VALUE) }],
    ['a name that is no variable', { 'HF TOKEN': new Secret(VALUE) }],
  ])('are refused with %s', async (_, secretEnvironment) => {
    const { host } = await placeOf(await mkdtemp(join(tmpdir(), 'cosmos-bot-')), {});
    const refused = host.prepare(plan({ secretEnvironment }));
    await expect(refused).rejects.toMatchObject({ code: 'engine.start_failed' });
    await expect(refused).rejects.not.toThrow(MARK);
  });
});

const noServer = missingSshd();
const missing = await missingForDocker();

describe.skipIf(noServer !== undefined)(`over SSH${noServer ? ` (${noServer})` : ''}`, () => {
  let server: OpenSshServer;
  beforeAll(async () => {
    server = await OpenSshServer.start();
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose](), 60_000);
  const overSsh = async (options: Partial<Parameters<typeof makeHost>[0]> = {}) => {
    const base = await server.makeDirectory(randomBytes(4).toString('hex'));
    return placeOf(base, { transport: 'ssh', ssh: server.options, ...options });
  };

  it('the secrets of a job reach a process, and nothing else shows them', async () => {
    await expectKept(await overSsh(), plan());
  });

  describe.skipIf(missing !== undefined)(`in a container${missing ? ` (${missing})` : ''}`, () => {
    let daemon: DockerDaemon;
    beforeAll(async () => {
      daemon = await DockerDaemon.create();
      await daemon.openToAll();
      const id = await daemon.docker('create', TEST_IMAGE, '/bin/true');
      await daemon.docker('commit', '--change', 'USER 4321:4321', id, USER_IMAGE);
      await daemon.docker('rm', id);
    }, 60_000);
    afterAll(() => daemon[Symbol.asyncDispose](), 60_000);

    it.each([
      ['the user of the host', 'host', TEST_IMAGE],
      ['root', 'image', TEST_IMAGE],
      ['a user of the image', 'image', USER_IMAGE],
    ] as const)(
      'the secrets of a job reach a container of %s, and nothing else shows them',
      async (_, user, image) => {
        const place = await overSsh({ engine: 'docker', dockerCommand: daemon.command });
        const { secretEnvironment, argv } = plan();
        const planned = containerPlan(
          ATTEMPT,
          '',
          { argv, secretEnvironment: secretEnvironment ?? {} },
          { user, image },
        );
        await expectKept(place, planned, async () => {
          const shown = await daemon.docker('inspect', ATTEMPT);
          expect(shown).toContain('/cosmos/secret');
          expect(shown).not.toContain(MARK);
        });
      },
    );
  });
});
