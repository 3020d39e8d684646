import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import { SshTransport } from '../../../src/remote/transport/ssh/ssh-transport.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { wallTime } from '../processes.ts';

const ROUNDS = 100;
const DISTANT_ROUNDS = 30;
const WARM_UP = 5;
const ROUND_TRIP_MS = 20;

/** One command on the connection that the bot keeps, beside `ssh` on a connection that OpenSSH keeps. */
export const remoteExec: Benchmark = {
  name: 'remote-exec',
  measure: async (directory) => {
    const missing = missingSshd();
    if (missing !== undefined) {
      console.error(`remote-exec is skipped: ${missing}`);
      return [];
    }
    await using server = await OpenSshServer.start();
    const near = await measureExec(server, server.options, { directory, rounds: ROUNDS });
    const proxy = fork(new URL('../ssh/delay-proxy.ts', import.meta.url), [
      String(server.port),
      String(ROUND_TRIP_MS),
    ]);
    try {
      const port = await listening(proxy);
      const options = { ...server.options, port };
      const far = await measureExec(server, options, { directory, rounds: DISTANT_ROUNDS });
      const distant: Figure = {
        ...{ name: 'command on the kept connection, 20 ms round trip', unit: 'ms' },
        values: far.ours,
        baseline: { name: 'ms ssh, ControlMaster', values: far.theirs },
        // Opening a channel and starting a command in it are two round trips; what is above that is ours.
        goal: { kind: 'at_most', value: 2 * ROUND_TRIP_MS + 5 },
      };
      return [
        {
          ...{ name: 'command on the kept connection', unit: 'ms' },
          values: near.ours,
          baseline: { name: 'ms ssh, ControlMaster', values: near.theirs },
          goal: { kind: 'ratio_at_most', value: 0.4 },
        },
        distant,
      ];
    } finally {
      proxy.disconnect();
    }
  },
};

async function measureExec(
  server: OpenSshServer,
  options: SshOptions,
  { directory, rounds }: { readonly directory: string; readonly rounds: number },
): Promise<{ readonly ours: readonly number[]; readonly theirs: readonly number[] }> {
  const transport = new SshTransport({ ...options, knownHosts: await pinned(server, options, directory) });
  const control = [
    ...['-S', join(directory, `control-${options.port}`), '-p', String(options.port), '-q'],
    ...[
      '-o',
      'StrictHostKeyChecking=yes',
      '-o',
      `UserKnownHostsFile=${join(directory, `keys-${options.port}`)}`,
    ],
    ...['-i', server.path('user-key')],
  ];
  const where = `${options.user}@${options.address}`;
  await wallTime('ssh', [...control, '-M', '-N', '-f', where]);
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = -WARM_UP; round < rounds; round += 1) {
      const begun = performance.now();
      const { exitCode } = await transport.run(['true']);
      const took = performance.now() - begun;
      if (exitCode !== 0) throw new Error(`true ended with ${exitCode}`);
      const their = await wallTime('ssh', [...control, where, 'true']);
      if (round < 0) continue;
      ours.push(took);
      theirs.push(their);
    }
  } finally {
    await wallTime('ssh', [...control, '-O', 'exit', where]);
    await transport.close();
  }
  return { ours, theirs };
}

/** A file that pins the server's key for the port by which it is reached. */
async function pinned(
  server: OpenSshServer,
  { address, port }: SshOptions,
  directory: string,
): Promise<string> {
  const [, type, key] = (await server.hostKeyLine()).split(' ');
  const path = join(directory, `keys-${port}`);
  await writeFile(path, `[${address}]:${port} ${type} ${key}\n`);
  return path;
}

async function listening(proxy: ChildProcess): Promise<number> {
  const [port] = (await once(proxy, 'message')) as [number];
  return port;
}
