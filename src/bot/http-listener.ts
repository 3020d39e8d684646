import { once } from 'node:events';
import type { Server } from 'node:http';
import { CosmosError } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import { systemCode } from '../core/system-code.ts';
import { withinMs } from './chat/within.ts';

/** Where a server listens, as the configuration says. */
export interface ListenAddress {
  /** Address of this machine. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** Codes of the operating system that mean the address, not the port. */
const ADDRESS_CODES: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Resolves once the server listens. Throws `config.invalid_value` where nobody can listen there: nobody else frees a port by
 * waiting, so somebody has to know. `keys`: what the two parts of the address are called in the configuration.
 */
export async function listen(
  server: Server,
  { host, port }: ListenAddress,
  keys: Readonly<Record<keyof ListenAddress, string>>,
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const detail = systemCode(cause) ?? 'unknown';
    const [where, given] = ADDRESS_CODES.has(detail) ? [keys.host, host] : [keys.port, port];
    throw new CosmosError('config.invalid_value', { where, given, detail }, { cause });
  }
}

/** The port on which it listens: another one than `otherwise` where that is 0. */
export function portOf(server: Server | undefined, otherwise: number): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : otherwise;
}

/** Takes no new connection, leaves so many ms to answers that are under way, and cuts off the others. */
export async function closeWithin(server: Server, ms: number, clock: Clock): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await withinMs(closed, ms, clock);
  server.closeAllConnections();
  await closed;
}
