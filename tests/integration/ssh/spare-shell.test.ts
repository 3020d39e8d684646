import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SshTransport } from '../../../src/remote/transport/ssh/ssh-transport.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';

const missing = missingSshd();

describe.skipIf(missing !== undefined)(`the spare shell${missing ? ` (${missing})` : ''}`, () => {
  let server: OpenSshServer;
  let transport: SshTransport;
  beforeAll(async () => {
    // Four commands, of which the spare shell may be one, and the channel for single operations.
    server = await OpenSshServer.start(['MaxSessions 5']);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(() => {
    transport = new SshTransport(server.options);
  });
  afterEach(() => transport.close());

  /** Process ids of the shells that wait on the host for a script. */
  const waiting = (): readonly number[] => {
    const sessions = server.sessions();
    const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((row) => /^ *(\d+) +(\d+) +(.*)$/.exec(row) ?? [])
      .map(([, pid, parent, line]) => ({ pid: Number(pid), parent: Number(parent), line }));
    // The server has the user's own shell start it, which may or may not make way for it.
    const first = rows.filter(({ parent }) => sessions.includes(parent)).map(({ pid }) => pid);
    return rows
      .filter(
        ({ pid, parent, line }) => line === '/bin/sh -s' && (first.includes(pid) || first.includes(parent)),
      )
      .map(({ pid }) => pid);
  };
  const untilWaiting = async (count: number, than: readonly number[] = []): Promise<readonly number[]> => {
    for (;;) {
      const found = waiting().filter((pid) => !than.includes(pid));
      if (found.length === count) return found;
      await after(20);
    }
  };

  it('is started after a command, and is the one that the next command runs in', async () => {
    await transport.run(['true']);
    const [spare] = await untilWaiting(1);
    const { stdout } = await transport.runScript('echo $$', []);
    expect(Number(stdout)).toBe(spare);
  });

  it('knows nothing of the commands before', async () => {
    await transport.runScript('cd /; left=here; export left; umask 077', []);
    await untilWaiting(1);
    const script = 'pwd; echo "[$left]"; umask';
    const { stdout } = await transport.runScript(script, []);
    expect(stdout).toBe(await inNewShell(server, script));
  });

  it('is not used once somebody has ended it on the host', async () => {
    await transport.run(['true']);
    const killed = await untilWaiting(1);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    // Until the server knows: it says so as soon as it has looked after its dead child.
    while (killed.some((pid) => existsSync(`/proc/${pid}`))) await after(20);
    // The word of its end travels as this answer does, and before it.
    await transport.names('/');
    const { stdout } = await transport.runScript('echo alive', []);
    expect(stdout).toBe('alive\n');
  });

  it('takes no session that a command needs', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const scripts = numbers.map((number) => transport.runScript(`echo ${number}`, []));
    const names = transport.names('/');
    expect((await Promise.all(scripts)).map(({ stdout }) => stdout)).toEqual(numbers.map((n) => `${n}\n`));
    expect(await names).toContain('bin');
  });

  it('serves one command alone', async () => {
    await transport.run(['true']);
    await untilWaiting(1);
    const scripts = [1, 2, 3].map(() => transport.runScript('echo $$', []));
    const shells = (await Promise.all(scripts)).map(({ stdout }) => stdout);
    expect(new Set(shells).size).toBe(3);
  });

  it('ends with the connection', async () => {
    await transport.run(['true']);
    const spare = await untilWaiting(1);
    await transport.close();
    while (spare.some((pid) => existsSync(`/proc/${pid}`))) await after(20);
  });

  it('is made anew after the connection broke', async () => {
    await transport.run(['true']);
    const before = await untilWaiting(1);
    server.cut();
    await untilWaiting(0, before);
    for (;;) {
      const answer = await transport.runScript('echo again', []).catch(() => undefined);
      if (answer?.stdout === 'again\n') break;
      await after(50);
    }
    await untilWaiting(1, before);
  });
});

/** What a script prints in a shell that was started for it. */
async function inNewShell(server: OpenSshServer, script: string): Promise<string> {
  const transport = new SshTransport(server.options);
  try {
    return (await transport.runScript(script, [])).stdout;
  } finally {
    await transport.close();
  }
}
