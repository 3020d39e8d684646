import { CosmosError, type ErrorCode, type ErrorParameters } from '../../../core/errors.ts';

export type SshErrorCode = Extract<ErrorCode, `ssh.${string}`>;

/**
 * What the transport throws where the host cannot be reached: `engine.host_unreachable`, so that a run waits until it
 * is mended, with the code's second part as `reason` and the coded error as `cause`.
 */
export function unreachable(failure: CosmosError): CosmosError {
  const reason = failure.code.replace(/^ssh\./, '');
  return new CosmosError('engine.host_unreachable', { ...failure.parameters, reason }, { cause: failure });
}

/** The `ssh.*` error behind a thrown one: what tells a person what to mend. */
export function sshFailure(thrown: unknown): CosmosError | undefined {
  for (let error = thrown; error instanceof CosmosError; error = error.cause) {
    if (error.layer === 'ssh') return error;
  }
  return undefined;
}

/** Codes by the system's error code, where a connection cannot be made. */
const SYSTEM_CODES: Readonly<Record<string, SshErrorCode>> = {
  ECONNREFUSED: 'ssh.refused',
  ETIMEDOUT: 'ssh.timed_out',
  ENOTFOUND: 'ssh.unknown_host',
  EAI_AGAIN: 'ssh.unknown_host',
  EAI_NODATA: 'ssh.unknown_host',
  EAI_NONAME: 'ssh.unknown_host',
  EHOSTUNREACH: 'ssh.no_route',
  ENETUNREACH: 'ssh.no_route',
  EHOSTDOWN: 'ssh.no_route',
  ECONNRESET: 'ssh.closed',
  EPIPE: 'ssh.closed',
};

/** The coded error of what the SSH library reports; its `level` says which part of it failed. */
export function connectionFailure(thrown: unknown, parameters: ErrorParameters): CosmosError {
  if (thrown instanceof CosmosError) return thrown;
  return new CosmosError(codeOf(thrown), parameters, { cause: thrown });
}

function codeOf(thrown: unknown): SshErrorCode {
  if (!(thrown instanceof Error)) return 'ssh.protocol';
  // Of several addresses that were tried, the last one's failure tells as much as the others'.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors.at(-1));
  const level = 'level' in thrown ? thrown.level : undefined;
  if (level === 'client-timeout') return 'ssh.timed_out';
  if (level === 'client-authentication') return 'ssh.auth_failed';
  if (level === 'agent') return 'ssh.agent_unavailable';
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const known = SYSTEM_CODES[code];
  if (known !== undefined) return known;
  // Sent by the library where the other side hangs up before it has said that it speaks SSH.
  if (level === 'protocol' && thrown.message.startsWith('Connection lost')) return 'ssh.closed';
  return level === 'client-socket' ? 'ssh.closed' : 'ssh.protocol';
}
