import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ask, host } from '../../../src/bot/cli/host.ts';
import { LAUNCHER } from '../../support/launcher.ts';
import { freePort, type OpenSshServer } from '../../support/openssh-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';

const NOBODY: Ask = async () => undefined;

/** Runs a verb on the host `gpu1` of a configuration. */
async function cosmos(config: string, action: string, options: Record<string, true> = {}, ask = NOBODY) {
  const directory = await temporaryDirectory();
  const configPath = join(directory, 'cosmos.toml');
  await writeFile(configPath, config);
  let out = '';
  let error = '';
  const code = await host(
    {
      command: { verb: 'host', arguments: { action, name: 'gpu1' }, options, assignments: [], rest: [] },
      configPath,
      output: {
        out: { write: (text) => (out += text) },
        error: { write: (text) => (error += text) },
        settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
      },
    },
    ask,
  );
  return { code, out, error };
}

/** A configuration whose host is the server. */
function sshHost(server: OpenSshServer, workDir: string): string {
  return `
[[hosts]]
name = "gpu1"
transport = "ssh"
address = "127.0.0.1"
port = ${server.options.port}
user = ${JSON.stringify(server.user)}
key_file = ${JSON.stringify(server.path('user-key'))}
known_hosts = ${JSON.stringify(server.path('known_hosts'))}
work_dir = ${JSON.stringify(workDir)}
lanes = [{ name = "gpu0", gpus = [0] }]
models = ["transfer1"]
`;
}

const LOCAL = `
[[hosts]]
name = "gpu1"
models = ["preview"]
`;

describe('host check of this machine', () => {
  it('passes where nothing is missing', async () => {
    const { code, out } = await cosmos(LOCAL, 'check', { json: true });
    const report = JSON.parse(out);

    expect(report).toMatchObject({ host: 'gpu1', problems: [], leftovers: [] });
    expect(Math.abs(report.facts.now - Date.now())).toBeLessThan(60_000);
    expect(report.facts.diskFreeBytes).toBeGreaterThan(0);
    expect(code).toBe(report.passed ? 0 : 1);
  });

  it('fails for a GPU that is not there, and says how to mend it', async () => {
    const { code, out } = await cosmos(
      `${LOCAL.replace('preview', 'transfer1')}\n[[hosts.lanes]]\nname = "a"\ngpus = [97]\n`,
      'check',
    );

    expect(code).toBe(1);
    expect(out).toMatch(/^✔ Answers/m);
    expect(out).toMatch(/^✖ .*(GPU|nvidia-smi).*\n {4}\S/m);
  });

  it('fails for a work folder that cannot be made', async () => {
    const { code, out } = await cosmos(`${LOCAL}work_dir = "/dev/null/work"\n`, 'check');

    expect(code).toBe(1);
    expect(out).toMatch(/^✖ The work folder on gpu1 cannot be used/m);
  });

  it('has no key to trust', async () => {
    expect(await cosmos(LOCAL, 'trust', { yes: true })).toMatchObject({ code: 2, out: '' });
  });

  it('refuses the name of no host', async () => {
    const { code, error } = await cosmos(LOCAL.replace('gpu1', 'gpu2'), 'check');

    expect(code).toBe(2);
    expect(error).toContain('gpu2');
  });
});

describeWithSshd('a host over SSH', () => {
  async function startHost() {
    const server = await startServer();
    return { server, config: sshHost(server, join(await server.makeDirectory('work'), 'dir')) };
  }

  it('is checked, with the ciphers in use', async () => {
    const { config } = await startHost();
    const { code, out } = await cosmos(config, 'check');

    expect(out).toMatch(/^✔ SSH uses .*ciphers/m);
    expect(out).toMatch(/^✔ The host key that it shows is the pinned one\.$/m);
    expect(out).toMatch(/^✔ Answers in .* as ho_/m);
    expect(out).toMatch(/^✔ No attempts of this bot are there\./m);
    expect(code).toBe(out.includes('✖') ? 1 : 0);
  });

  it('is not checked further where nobody listens, with the next step', async () => {
    const { server, config } = await startHost();
    const closed = config.replace(`port = ${server.options.port}`, `port = ${await freePort()}`);
    const { code, out } = await cosmos(closed, 'check');

    expect(code).toBe(1);
    expect(out).toMatch(/^✖ gpu1 is there, but nothing answers at its SSH port/m);
    expect(out).not.toContain('Answers in');
  });

  it('is trusted only after a yes, and then checked', async () => {
    const { server, config } = await startHost();
    await rm(server.path('known_hosts'));
    const before = await cosmos(config, 'check');
    expect(before.code).toBe(1);
    expect(before.out).toContain('cosmos host trust');

    expect(await cosmos(config, 'trust')).toMatchObject({
      code: 1,
      out: expect.stringContaining(server.fingerprint()),
      error: expect.stringContaining('--yes'),
    });
    expect((await cosmos(config, 'trust', {}, async () => 'y')).code).toBe(1);
    await expect(readFile(server.path('known_hosts'))).rejects.toMatchObject({ code: 'ENOENT' });

    const trusted = await cosmos(config, 'trust', {}, async () => ' Yes\n');
    expect(trusted).toMatchObject({ code: 0, out: expect.stringContaining(server.path('known_hosts')) });
    expect(await readFile(server.path('known_hosts'), 'utf8')).toBe(`${await server.hostKeyLine()}\n`);
    expect((await cosmos(config, 'check')).out).toMatch(/^✔ Answers in/m);
  });

  it('is trusted without a question where --yes is given, and once is enough', async () => {
    const { server, config } = await startHost();
    await rm(server.path('known_hosts'));

    expect((await cosmos(config, 'trust', { yes: true })).code).toBe(0);
    const again = await cosmos(config, 'trust');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('is pinned') });
    expect(again.out).not.toContain('SHA256:');
  });

  it('with another key than the pinned one is never trusted', async () => {
    const { server, config } = await startHost();
    const pinned = await readFile(server.path('known_hosts'), 'utf8');
    await server.changeHostKey();
    await server.stop();
    await server.restart();

    const { code, error } = await cosmos(config, 'trust', { yes: true });
    expect(code).toBe(1);
    expect(error).toContain('another one than the pinned one');
    expect(await readFile(server.path('known_hosts'), 'utf8')).toBe(pinned);
    expect((await cosmos(config, 'check')).out).toMatch(/^✖ .*another one than the pinned one/m);
  });

  it('that does not let the bot in says so, whatever it shows', async () => {
    const { config } = await startHost();
    const wrong = config.replace('user-key', 'other-key');

    expect((await cosmos(wrong, 'trust')).error).toContain('does not let the bot in');
    expect((await cosmos(wrong, 'check')).out).toMatch(/^✖ gpu1 does not let the bot in/m);
  });
});

describeWithSshd('a host over SSH, at a terminal', () => {
  /** Runs `host trust` with a terminal of its own, and types the answer once it is asked for. */
  async function typed(server: OpenSshServer, answer: string) {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'cosmos.toml'), sshHost(server, '/nowhere'));
    const command = [process.execPath, LAUNCHER, 'host', 'trust', 'gpu1']
      .map((word) => `'${word}'`)
      .join(' ');
    const child = spawn('/usr/bin/script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const before = shown;
      shown += chunk.toString();
      if (!before.includes('Type yes') && shown.includes('Type yes')) child.stdin.write(answer);
    });
    const [code] = await once(child, 'close');
    return { code, shown };
  }

  it('is trusted after a typed yes', async () => {
    const server = await startServer();
    await rm(server.path('known_hosts'));
    const { code, shown } = await typed(server, 'yes\n');
    expect(shown).toContain(server.fingerprint());
    expect(shown).toContain(`Pinned in ${server.path('known_hosts')}`);
    expect(code).toBe(0);
    expect(await readFile(server.path('known_hosts'), 'utf8')).toBe(`${await server.hostKeyLine()}\n`);
  });

  it.each([
    ['no', 'no\n'],
    ['an empty line', '\n'],
    ['the end of the input', '\u0004'],
    ['an interrupt', '\u0003'],
  ])('is not trusted after %s', async (_, answer) => {
    const server = await startServer();
    await rm(server.path('known_hosts'));
    const { code, shown } = await typed(server, answer);
    expect(shown).toContain('Nothing was pinned.');
    expect(shown).not.toContain('Something went wrong');
    expect(code).toBe(1);
    await expect(readFile(server.path('known_hosts'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
