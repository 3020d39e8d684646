import { readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAlive, untilFile, untilGone } from '../remote/processes.ts';
import { describeWithSshd, startServer, transportTo, unreachable } from './ssh-server.ts';

describeWithSshd('commands over SSH', () => {
  it('keeps both outputs, the exit code and the input of a command', async () => {
    const transport = transportTo(await startServer());
    expect(await transport.run(['sh', '-c', 'cat; echo err >&2; exit 3'], { input: 'in' })).toEqual({
      exitCode: 3,
      stdout: 'in',
      stderr: 'err\n',
      truncated: false,
    });
    expect(await transport.runScript('kill -KILL $$', [])).toMatchObject({ exitCode: 137 });
    expect(await transport.runScript('cat', [])).toMatchObject({ exitCode: 0, stdout: '' });
    const kept = await transport.runScript('head -c 3000000 /dev/zero', [], { maxOutputBytes: 1000 });
    expect([kept.stdout.length, kept.truncated, kept.exitCode]).toEqual([1000, true, 0]);
    const unread = await transport.run(['true'], { input: Buffer.alloc(5_000_000) });
    expect(unread.exitCode).toBe(0);
  });

  it('gives any word on as it is, to a program as well as to a script', async () => {
    const transport = transportTo(await startServer());
    const word = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
    const hostile = fc.constantFrom(
      "'; rm -rf /; '",
      '$(id)',
      '`id`',
      '-n',
      '--',
      '\\',
      '!!',
      '*',
      '~',
      '\n',
      "a'\nb",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, hostile), { minLength: 1, maxLength: 6 }), async (words) => {
        const expected = words.map((each) => `${each}\0`).join('');
        const programs = await transport.run(['printf', '%s\\0', ...words]);
        expect(programs.stdout).toBe(Buffer.from(expected).toString());
        const scripts = await transport.runScript('printf "%s\\0" "$@"', words, { input: '' });
        expect(scripts.stdout).toBe(Buffer.from(expected).toString());
      }),
      { numRuns: 60 },
    );
  });

  it('says start_failed for a program or a directory that is missing', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    await expect(transport.run(['no-such-program'])).rejects.toMatchObject({ code: 'engine.start_failed' });
    expect(await transport.runScript('exit 127', [])).toMatchObject({ exitCode: 127 });
    const options = { workingDirectory: server.path('nowhere'), environment: {}, deadlineMs: 5000 };
    await expect(transport.launch(['true'], options)).rejects.toMatchObject({ code: 'engine.start_failed' });
  });

  it('kills a command at its deadline, and one whose caller gave up', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const directory = await server.makeDirectory('work');
    const script = 'echo $$ >"$1"; sleep 60 & exec sleep 60';
    const late = transport.runScript(script, [`${directory}/late`], { deadlineMs: 1000 });
    await expect(late).rejects.toMatchObject(unreachable('deadline'));
    await untilGone(Number(await untilFile(`${directory}/late`)));
    const giveUp = new AbortController();
    const call = transport.runScript(script, [`${directory}/given-up`], { signal: giveUp.signal });
    const ended = expect(call).rejects.toThrow('given up');
    const pid = Number(await untilFile(`${directory}/given-up`));
    giveUp.abort(new Error('given up'));
    await ended;
    await untilGone(pid);
  });

  it('keeps no channel of a command that was given up while it was opened', async () => {
    const transport = transportTo(await startServer());
    await transport.run(['true']);
    for (let call = 0; call < 12; call += 1) {
      const caller = new AbortController();
      // One with an input has a channel of its own, which no shell stands ready for.
      const given = transport.run(['cat'], { input: 'x', signal: caller.signal });
      setImmediate(() => caller.abort(new Error('enough')));
      await expect(given).rejects.toThrow('enough');
    }
    // The server tells of closed channels in its own time.
    for (;;) {
      const calls = [1, 2, 3].map((number) => transport.run(['cat'], { input: String(number) }));
      const ends = await Promise.allSettled(calls);
      if (ends.every(({ status }) => status === 'fulfilled')) break;
      await after(50);
    }
  });

  it('runs many commands at once over the few channels that the server allows', async () => {
    const transport = transportTo(await startServer());
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => transport.run(['echo', String(index)])),
    );
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(results.map((_, index) => String(index)));
  });

  it('launches a program with its own environment and session, which outlives the connection', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const directory = await server.makeDirectory("work dir's");
    const script =
      'env >env; echo $$ >pid; echo begun; exec >&-; while [ ! -e release ]; do sleep 0.05; done; echo x >ended';
    const said = await transport.launch(['/bin/sh', '-c', script], {
      workingDirectory: directory,
      environment: { MARK: "it's = here" },
      deadlineMs: 10_000,
    });
    expect(said).toBe('begun\n');
    const names = (await readFile(`${directory}/env`, 'utf8')).match(/^[A-Za-z_]+(?==)/gm) ?? [];
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).sort()).toEqual([
      'HOME',
      'MARK',
      'PATH',
    ]);
    const pid = Number(await untilFile(`${directory}/pid`));
    await transport.close();
    await server.stop();
    expect(await isAlive(pid)).toBe(true);
    await writeFile(`${directory}/release`, '');
    expect(await untilFile(`${directory}/ended`)).toBe('x');
    expect((await stat(`${directory}/ended`)).isFile()).toBe(true);
  });

  it('says that the connection was lost, whatever it was doing, and goes on at the next call', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const directory = await server.makeDirectory('work');
    const waits = 'echo $$ >"$1"; sleep 60';
    const command = transport.runScript(waits, [`${directory}/command`]);
    const cutCommand = expect(command).rejects.toMatchObject(unreachable('closed'));
    await untilFile(`${directory}/command`);
    server.cut();
    await cutCommand;
    expect(await transport.run(['echo', 'again'])).toMatchObject({ stdout: 'again\n' });

    const launched = transport.launch(['/bin/sh', '-c', 'echo $$ >launch; sleep 60'], {
      workingDirectory: directory,
      environment: {},
      deadlineMs: 30_000,
    });
    const cutLaunch = expect(launched).rejects.toMatchObject(unreachable('closed'));
    const pid = Number(await untilFile(`${directory}/launch`));
    server.cut();
    await cutLaunch;
    expect(await isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    expect(await transport.stat(directory)).toMatchObject({ kind: 'directory' });
  });
});
