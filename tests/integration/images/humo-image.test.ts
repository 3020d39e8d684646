import { chown, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { buildHumoImage, HUMO_CONTEXT, HUMO_IMAGE } from '../../support/humo-image.ts';
import { LARGE, LIST, SMALL, TOKEN, Volume } from './volume.ts';

const ALL_SMALL = ['Wan/vae.pth', 'Wan/tokens/part', 'HuMo/small/part'];

const missing = await missingForDocker();

describe.skipIf(missing !== undefined)(`the image of HuMo${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
    process.env['HF_TOKEN'] = TOKEN;
    await buildHumoImage(daemon);
  });
  afterAll(async () => {
    delete process.env['HF_TOKEN'];
    await daemon[Symbol.asyncDispose]();
  });

  /** Resolves once a container has printed it. */
  async function hasSaid(id: string, words: string): Promise<void> {
    while (!(await daemon.docker('logs', id)).includes(words));
  }

  it('is built of pinned versions, the code by its whole hash', async () => {
    const said = await daemon.docker('run', '--rm', '--network', 'none', HUMO_IMAGE, 'cat', '/set-up');

    for (const pin of ['torch==2.5.1', 'torchvision==0.20.1', 'torchaudio==2.5.1', 'flash-attn==2.6.3']) {
      expect(said).toContain(pin);
    }
    expect(said).toMatch(/^uv venv --python 3\.11\.\d+ /m);
    expect(said).toMatch(/^apt-get install .* ffmpeg /m);
    expect(said).toMatch(/^git fetch .* 17094e90[0-9a-f]{32}$/m);
    const unpinned = said
      .match(/^(?:uv )?pip install .*$/gm)
      ?.filter((line) => !/==|--requirement/.test(line));
    expect(unpinned).toEqual([]);
  });

  it('takes another commit as a build argument, and nothing above that is built again', async () => {
    const commit = '0123456789'.repeat(4);
    await buildHumoImage(daemon, '--build-arg', `HUMO_COMMIT=${commit}`);
    const said = await daemon.docker('run', '--rm', '--network', 'none', HUMO_IMAGE, 'cat', '/set-up');

    expect(said.match(/^git fetch .*$/gm)).toEqual([expect.stringContaining(commit)]);
    await buildHumoImage(daemon);
  });

  it('opens no port, shares nothing, and knows no token', async () => {
    const inspected = await daemon.docker('image', 'inspect', HUMO_IMAGE);
    const history = await daemon.docker('history', '--no-trunc', HUMO_IMAGE);
    const packages = await readFile(join(HUMO_CONTEXT, 'requirements.txt'), 'utf8');

    expect(inspected).not.toContain('ExposedPorts');
    for (const text of [inspected, history]) expect(text).not.toMatch(/hf_|token|share/i);
    expect(`${history}${packages}`).not.toMatch(/gradio/i);
  });

  it('downloads the weights of the variant that the command asks for, once', async () => {
    const volume = await Volume.make(daemon);
    const first = await volume.run();
    const calls = await volume.calls();
    const second = await volume.run();

    expect(first).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^\[weights\] wan\/text: downloading$/m),
    });
    expect(first.said).toMatch(/ran humo/);
    expect(calls).toEqual([
      ...['wan/text@main', 'began vae.pth', 'began tokens/part', 'humo/model@v2', 'began small/part'],
    ]);
    for (const name of [...ALL_SMALL, '.complete-1.7b']) expect(await volume.has(name)).toBe(true);
    expect(first.said).not.toContain(TOKEN);
    expect(second).toEqual({ code: 0, said: `ran ${SMALL}\n` });
    expect(await volume.calls()).toEqual(calls);
  });

  it('downloads for the other variant what is missing, and leaves the rest', async () => {
    const volume = await Volume.make(daemon);
    await volume.run();
    const before = (await volume.calls()).length;

    expect(await volume.run({ command: ['echo', LARGE] })).toMatchObject({ code: 0 });
    expect((await volume.calls()).slice(before)).toEqual([
      'wan/text@main',
      'humo/model@v2',
      'began large/part',
    ]);
  });

  it('has a list of its own that asks for no file of the other model', async () => {
    const shipped = await readFile(join(HUMO_CONTEXT, 'weights.list'), 'utf8');
    const volume = await Volume.make(daemon, shipped.replaceAll(/ [\d.]+ +(?=\S+\.|\S+\/\*)/g, ' 0.000001 '));

    expect(await volume.run()).toMatchObject({ code: 0 });
    const small = (await volume.calls()).join('\n');
    expect(small).toMatch(/^began HuMo-1\.7B\/part$/m);
    expect(small).not.toContain('17B/');
    expect(await volume.run({ command: ['true', LARGE] })).toMatchObject({ code: 0 });
    expect((await volume.calls()).slice(small.split('\n').length)).toContain('began HuMo-17B/part');
  });

  it('downloads nothing for a command without the model, and gives the token to no command', async () => {
    const volume = await Volume.make(daemon);
    const prints = ['sh', '-c', 'echo "token=<$HF_TOKEN>"'];

    expect(await volume.run({ command: prints, flags: [] })).toEqual({ code: 0, said: 'token=<>\n' });
    expect((await volume.run({ command: [...prints, SMALL] })).said).toContain('token=<>');
    expect(await volume.run({ command: [], flags: [] })).toMatchObject({ code: 2 });
  });

  it('gives the command its words and its exit code unchanged', async () => {
    const words = ['a b', '*', '', "it's", '$HOME', '"', `x=${LARGE}`, SMALL];
    const volume = await Volume.make(daemon);
    await volume.run();
    const end = await volume.run({ command: ['sh', '-c', 'printf "<%s>\\n" "$@"; exit 41', 'sh', ...words] });

    expect(end).toEqual({ code: 41, said: words.map((word) => `<${word}>\n`).join('') });
  });

  it('becomes the command, which hears the signals', async () => {
    const volume = await Volume.make(daemon);
    const script = 'trap "echo heard; exit 7" TERM; echo up >>/test/calls; while :; do sleep 0.1; done';
    const id = await volume.begin({ command: ['sh', '-c', script, SMALL] });
    await volume.until('up');
    await daemon.docker('stop', '--time', '600', id);

    expect(await daemon.docker('wait', id)).toBe('7');
    expect(await daemon.docker('logs', id)).toContain('heard');
  });

  it.each([
    ['stopped', ['stop', '--time', '600'], '143', 'what was downloaded is kept'],
    ['killed', ['kill'], '137', 'downloading'],
  ])('goes on where a download was %s', async (_how, stop, code, words) => {
    const volume = await Volume.make(daemon);
    const id = await volume.begin({ environment: { HUB_END: 'wait' } });
    await volume.until('began vae.pth');
    await daemon.docker(...stop, id);

    expect(await daemon.docker('wait', id)).toBe(code);
    const log = await daemon.docker('logs', id);
    expect(log).toContain(words);
    expect(log).not.toContain('ran');
    expect(await volume.has('.complete-1.7b')).toBe(false);
    expect(await volume.run()).toMatchObject({ code: 0 });
    expect(await volume.calls()).toContain('resumed vae.pth');
    expect((await volume.calls()).filter((call) => call === 'began vae.pth')).toHaveLength(1);
  });

  it('downloads once where two containers start at once; the other waits and says so', async () => {
    const volume = await Volume.make(daemon);
    const environment = { HUB_END: 'wait' };
    const first = await volume.begin({ environment });
    await volume.until('began vae.pth');
    const second = await volume.begin({ environment });
    await hasSaid(second, '[weights] waiting for another process');
    await hasSaid(first, 'GB are there');
    await writeFile(volume.path('test/release'), '');

    expect(await daemon.docker('wait', first, second)).toBe('0\n0');
    await hasSaid(second, `ran ${SMALL}`);
    expect(new Set(await volume.calls()).size).toBe((await volume.calls()).length);
  });

  it('ends a container that waits for another as soon as it is told to', async () => {
    const volume = await Volume.make(daemon);
    const first = await volume.begin({ environment: { HUB_END: 'wait' } });
    await volume.until('began vae.pth');
    const second = await volume.begin();
    await hasSaid(second, 'waiting');
    await daemon.docker('stop', '--time', '600', second);
    await daemon.docker('kill', first);

    expect(await daemon.docker('wait', second)).toBe('143');
  });

  it.each([
    [
      'the hub refuses',
      'fail',
      /^\[weights\] error: wan\/text could not be downloaded \(exit code 1\): HTTPError: 401 for token \*\*\*$/m,
    ],
    ['the tool brings nothing', 'nothing', /^\[weights\] error: wan\/text has no vae\.pth$/m],
    [
      'a file is damaged',
      'damage',
      /^\[weights\] error: removed what .*: Wan\/vae\.pth Wan\/tokens\/part HuMo\/small\/part$/m,
    ],
  ])(
    'leaves no mark and does not run where %s, and downloads at the next start',
    async (_what, ending, words) => {
      const volume = await Volume.make(daemon);
      const failed = await volume.run({ environment: { HUB_END: ending } });

      expect(failed).toMatchObject({ code: 1, said: expect.stringMatching(words) });
      expect(failed.said).not.toMatch(/^(?!\[weights\] )./m);
      expect(failed.said).not.toContain(TOKEN);
      expect(await volume.has('.complete-1.7b')).toBe(false);
      expect(await volume.run()).toMatchObject({ code: 0 });
    },
  );

  it('tells a disk that gets full', async () => {
    const volume = await Volume.make(daemon);
    const flags = ['--tmpfs', '/opt/humo/weights:size=1m'];
    const end = await volume.run({ flags, environment: { HUB_END: 'full' } });

    expect(end).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^\[weights\] error: .*No space left/m),
    });
  });

  it('begins nothing where there is not enough room', async () => {
    const volume = await Volume.make(daemon, LIST.replace('0.000001', '7.5'));
    const end = await volume.run({ flags: ['--tmpfs', '/opt/humo/weights:size=1m'] });

    expect(end.code).toBe(1);
    expect(end.said).toBe(
      '[weights] error: /opt/humo/weights needs 7.5 GB more, and 0.0 GB are free there\n',
    );
    expect(await volume.calls()).toEqual([]);
  });

  it.each([
    ['no volume', [], 'there is no /opt/humo/weights: mount a volume there'],
    [
      'a volume that cannot be written',
      ['--tmpfs', '/opt/humo/weights:mode=755', '--user', '1234:1234'],
      'cannot be written by user 1234',
    ],
  ])('says that there is %s', async (_what, flags, words) => {
    const volume = await Volume.make(daemon);
    const end = await volume.run({ flags });

    expect(end).toMatchObject({ code: 1, said: expect.stringContaining(`[weights] error: `) });
    expect(end.said).toContain(words);
  });

  it('works as any user', async () => {
    const volume = await Volume.make(daemon);
    await chown(volume.path('weights'), 1234, 1234);
    const flags = ['--volume', `${volume.path('weights')}:/opt/humo/weights`, '--user', '1234:1234'];

    expect(await volume.run({ flags })).toMatchObject({ code: 0, said: expect.stringMatching(/ran humo/) });
  });

  it('downloads what another list has more, and what was lost or cut short', async () => {
    const volume = await Volume.make(daemon);
    await volume.run();
    await writeFile(volume.path('test/list'), LIST.replace('vae.pth', 'vae.pth more.pth'));
    await volume.run();
    expect((await volume.calls()).slice(5)).toEqual(['wan/text@main', 'began more.pth', 'humo/model@v2']);
    await rm(volume.path('weights/HuMo/small/part'));
    const again = await volume.run();

    expect(again.said).toContain('[weights] HuMo/small/part is not what it was');
    expect((await volume.calls()).slice(8)).toEqual(['wan/text@main', 'humo/model@v2', 'began small/part']);
    await truncate(volume.path('weights/Wan/vae.pth'), 3);
    expect((await volume.run()).said).toMatch(/error: removed what .*: Wan\/vae\.pth$/m);
    expect(await volume.run()).toMatchObject({ code: 0 });
  });
});
