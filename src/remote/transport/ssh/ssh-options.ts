/** One SSH server and how the bot proves itself to it. */
export interface SshServer {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Path of a private key; absent where the agent alone is asked. */
  readonly keyFile?: string | undefined;
  /** Gives the passphrase of the key file; asked at each connection, for it is kept nowhere. */
  readonly passphrase?: (() => Promise<string>) | undefined;
  /** Socket of the agent; an empty one says that an agent was wanted and that the environment names none. */
  readonly agent?: string | undefined;
}

export interface SshOptions extends SshServer {
  /** File with the pinned host keys, of the server and of the jump host. */
  readonly knownHosts: string;
  /** Server through which the host is reached. */
  readonly jump?: SshServer | undefined;
  /** From the first packet until the host has let us in, ms. */
  readonly connectTimeoutMs?: number;
  /** Deadline of one file operation, and of a transfer that stands still, ms. */
  readonly answerTimeoutMs?: number;
  /** Between two questions whether a silent connection still lives, ms; three without an answer end it. */
  readonly keepaliveMs?: number;
}

/** How long is waited for a host. */
export type SshTimes = Pick<SshOptions, 'connectTimeoutMs' | 'answerTimeoutMs' | 'keepaliveMs'>;

/** Addresses on other continents need eight round trips and a slow name server: well below this, ms. */
export const CONNECT_TIMEOUT_MS = 20_000;
/** A host that needs longer for one small answer does not answer, ms. */
export const ANSWER_TIMEOUT_MS = 60_000;
