import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DockerDaemon, missingForDocker, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { DockerHost } from './docker-host.ts';

const missing = await missingForDocker();

describe.skipIf(missing !== undefined)(`the facts of an engine${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
  }, 60_000);
  afterAll(() => daemon[Symbol.asyncDispose](), 60_000);

  async function createHost(): Promise<DockerHost> {
    const created = await DockerHost.create(daemon);
    onTestFinished(() => created[Symbol.asyncDispose]());
    return created;
  }

  it('tell its version and each image once, there or not', async () => {
    const { host } = await createHost();
    const { engine } = await host.facts({ images: [TEST_IMAGE, 'no-such:1', TEST_IMAGE], paths: [] });

    expect(engine).toEqual({
      version: await daemon.docker('version', '--format', '{{.Server.Version}}'),
      images: [
        { name: TEST_IMAGE, present: true },
        { name: 'no-such:1', present: false },
      ],
      givesGpus: expect.any(Boolean),
    });
  });

  it('are an error where the engine does not answer, never missing images', async () => {
    const { host } = await createHost();
    await host.identify();
    await daemon.stop();
    onTestFinished(() => daemon.start());

    await expect(host.facts({ images: [TEST_IMAGE], paths: [] })).rejects.toMatchObject({
      code: 'engine.host_unreachable',
      parameters: { reason: 'docker_not_running' },
    });
  });
});
