import { describe, onTestFinished } from 'vitest';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import { SshTransport } from '../../../src/remote/transport/ssh/ssh-transport.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';

const missing = missingSshd();

/** A suite that needs a real OpenSSH server; skipped with the reason where there is none. */
export function describeWithSshd(name: string, tests: () => void): void {
  describe.skipIf(missing !== undefined)(missing === undefined ? name : `${name} (${missing})`, tests);
}

/** A server of the test's own. */
export async function startServer(): Promise<OpenSshServer> {
  const server = await OpenSshServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A transport to the server, with other options where a test says so; closed at the test's end. */
export function transportTo(server: OpenSshServer, options: Partial<SshOptions> = {}): SshTransport {
  const transport = new SshTransport({ ...server.options, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

/** What the caller of a transport learns: the reason in `engine.host_unreachable`. */
export function unreachable(reason: string): object {
  return { code: 'engine.host_unreachable', parameters: { reason } };
}
