import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { BLOCK_BYTES } from '../../../src/remote/transfer/block-queue.ts';
import { HostGrowingHash } from '../../../src/remote/transport/ssh/host-growing-hash.ts';
import { SshConnection } from '../../../src/remote/transport/ssh/ssh-connection.ts';
import type { OpenSshServer } from '../../support/openssh-server.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';

const BYTES = 20 * BLOCK_BYTES + 12_345;

describeWithSshd('a hash on the host of a file that still grows', () => {
  const hosts = ['python3', 'dd openssl wc', 'dd sha256sum wc'].map((names) => names.split(' '));
  it.for(hosts)('is that of the whole where there are %s', async (programs, { skip }) => {
    skip(!programs.every((name) => existsSync(`/usr/bin/${name}`)), 'not on this machine');
    const server = await startServer();
    await leaveOnly(server, programs);
    const directory = await server.makeDirectory('work');
    const file = `${directory}/file's`;
    const bytes = randomBytes(BYTES);
    await writeFile(file, bytes.subarray(0, 0));
    const connection = connectionTo(server);
    // The script runs only now where it has a channel.
    const hash = new HostGrowingHash(connection, file);
    for (let at = 0; at < BYTES; at += BLOCK_BYTES) {
      await appendFile(file, bytes.subarray(at, at + BLOCK_BYTES));
      hash.grow(Math.min(BYTES, at + BLOCK_BYTES));
      await connection.files((session) => session.lstat(file));
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await hash.finish()).toEqual({ sha256, bytes: BYTES });
  });

  it('is not known where a host has no program for it', async () => {
    const server = await startServer();
    await leaveOnly(server, ['dd', 'wc']);
    const directory = await server.makeDirectory('work');
    await writeFile(`${directory}/file`, randomBytes(1000));
    const connection = connectionTo(server);
    const hash = new HostGrowingHash(connection, `${directory}/file`);
    await connection.files((session) => session.lstat(directory));
    hash.grow(1000);
    expect(await hash.finish()).toBeUndefined();
  });
});

function connectionTo(server: OpenSshServer): SshConnection {
  const connection = new SshConnection(server.options);
  onTestFinished(() => connection.close());
  return connection;
}

/** The server's sessions find these programs only. */
async function leaveOnly(server: OpenSshServer, programs: readonly string[]): Promise<void> {
  await mkdir(server.path('bin'));
  for (const program of programs) await symlink(`/usr/bin/${program}`, `${server.path('bin')}/${program}`);
  await appendFile(server.path('sshd_config'), `SetEnv PATH=${server.path('bin')}\n`);
  await server.stop();
  await server.restart();
}
