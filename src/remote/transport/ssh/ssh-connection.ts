import { setTimeout as after } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { CosmosError } from '../../../core/errors.ts';
import { BlockSession } from './block-session.ts';
import { boundedWait } from './bounded-wait.ts';
import { CommandChannel } from './command-channel.ts';
import { openClient } from './open-client.ts';
import { SftpSession } from './sftp-session.ts';
import { Slots } from './slots.ts';
import { SHELL, SpareShell } from './spare-shell.ts';
import { connectionFailure, unreachable } from './ssh-failure.ts';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, type SshOptions } from './ssh-options.ts';

/** SFTP channels that transfers share: four were the fastest at 20 ms round trip (docs/decisions/ssh-transport.md). */
export const TRANSFER_CHANNELS = 4;
/** With the transfers' channels, the one for small files and the one below these are the ten that sshd allows. */
const COMMAND_CHANNELS = 4;
/** For a command that goes along with a transfer, however long that takes. */
const COMPANION_CHANNELS = 1;

/** A server may count channels that are closed already, until it has tidied up, ms. */
const PAUSES_AFTER_REFUSAL_MS = [10, 50, 250];

/** Pause after the first failed connection, doubled with each, ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** Servers lock out who is refused several times a minute, ms. */
const LONGEST_PAUSE_AFTER_REFUSAL_MS = 60_000;

/** One live connection and what is open on it. */
interface Live {
  readonly client: Client;
  readonly end: () => void;
  /** Aborted with the coded error as soon as the connection is gone. */
  readonly gone: AbortSignal;
  /** For single operations. */
  readonly files: Sessions<SftpSession>;
  /** For the content of files, by number. */
  readonly blocks: Sessions<BlockSession>;
  readonly shell: SpareShell;
}

type Sessions<T> = Map<number, Promise<T>>;

/** How long a call waits for the host. */
export interface CallBounds {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The one connection to a host, made at the first call and again at the next one after it broke. After a failure,
 * calls fail at once with the same error until the pause is over: a host that is away is not knocked at all the time.
 */
export class SshConnection {
  readonly #options: SshOptions;
  readonly #closed = new AbortController();
  readonly #commandSlots = new Slots(COMMAND_CHANNELS);
  readonly #companionSlots = new Slots(COMPANION_CHANNELS);
  #live: Promise<Live> | undefined;
  #failures = 0;
  #pause: { readonly until: number; readonly failure: CosmosError } | undefined;

  constructor(options: SshOptions) {
    this.#options = options;
  }

  get answerTimeoutMs(): number {
    return this.#options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  /** True once `close` was called: nothing connects any more. */
  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /**
   * Starts a command in a channel of its own and hands it to `use`, whose promise says when the channel is free
   * again. Throws `engine.host_unreachable`.
   */
  async command<T>(
    line: string,
    bounds: CallBounds & { readonly isCompanion?: boolean },
    use: (channel: CommandChannel) => { readonly done: Promise<T>; readonly giveUp: () => void },
  ): Promise<T> {
    bounds.signal?.throwIfAborted();
    const deadlineMs = bounds.deadlineMs ?? this.answerTimeoutMs;
    const ends = Date.now() + deadlineMs;
    const slot = (bounds.isCompanion ? this.#companionSlots : this.#commandSlots).take();
    const giveBack = (): void => void slot.then((release) => release());
    await boundedWait(slot, {
      deadlineMs,
      signals: [bounds.signal, this.#closed.signal],
      onGiveUp: giveBack,
    });
    try {
      const live = await this.#connected({ ...bounds, deadlineMs: ends - Date.now() });
      const limits = (): { deadlineMs: number; signals: readonly (AbortSignal | undefined)[] } => ({
        deadlineMs: Math.max(1, ends - Date.now()),
        signals: [bounds.signal, live.gone],
      });
      let isUnwanted = false;
      const opened = openPatiently(
        () => (line === SHELL ? live.shell.take() : openExec(live.client, line)),
        live.gone,
      );
      // A channel that opens for nobody would be one of the few for ever.
      const forNobody = (): void => {
        isUnwanted = true;
      };
      opened.then(
        (channel) => isUnwanted && channel.stream.destroy(),
        () => undefined,
      );
      const channel = await boundedWait(opened, { ...limits(), onGiveUp: forNobody });
      const { done, giveUp } = use(channel);
      // The spare shell has the place of a command that does not run: the next one takes it, or nobody wants the place.
      if (this.#commandSlots.free > 0) live.shell.prepare();
      const result = await boundedWait(done, { ...limits(), onGiveUp: giveUp });
      if (!bounds.isCompanion && !this.#commandSlots.isWanted) live.shell.prepare();
      return result;
    } finally {
      giveBack();
    }
  }

  /** Uses the SFTP session for single operations. */
  async files<T>(use: (session: SftpSession) => Promise<T>, bounds: CallBounds = {}): Promise<T> {
    const open = (client: Client): Promise<SftpSession> => SftpSession.open(client);
    return this.#withSession({ number: 0, open, of: (live) => live.files, use }, bounds);
  }

  /** Uses one of the SFTP sessions for the content of files. */
  async blocks<T>(
    number: number,
    use: (session: BlockSession) => Promise<T>,
    bounds: CallBounds = {},
  ): Promise<T> {
    const open = (client: Client): Promise<BlockSession> => BlockSession.open(client);
    return this.#withSession({ number, open, of: (live) => live.blocks, use }, bounds);
  }

  /** Ends the connection and every call that waits for it. */
  async close(): Promise<void> {
    this.#closed.abort(closedByUs());
    const live = await this.#live?.catch(() => undefined);
    live?.end();
  }

  async #connected(bounds: CallBounds & { readonly deadlineMs: number }): Promise<Live> {
    this.#closed.signal.throwIfAborted();
    if (this.#pause !== undefined && Date.now() < this.#pause.until) throw this.#pause.failure;
    this.#live ??= this.#connect();
    return boundedWait(this.#live, {
      deadlineMs: Math.max(1, bounds.deadlineMs),
      signals: [bounds.signal, this.#closed.signal],
    });
  }

  async #connect(): Promise<Live> {
    try {
      const timeout = AbortSignal.timeout(2 * (this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS));
      const { client, end } = await openClient(
        this.#options,
        AbortSignal.any([this.#closed.signal, timeout]),
      );
      const broken = new AbortController();
      let last: unknown;
      client.on('error', (error) => {
        last = error;
      });
      client.on('close', () => {
        this.#live = undefined;
        const failure = last === undefined ? lost() : connectionFailure(last, this.#where);
        broken.abort(this.#closed.signal.aborted ? closedByUs() : unreachable(failure));
      });
      this.#failures = 0;
      this.#pause = undefined;
      const shell = new SpareShell(() => openExec(client, SHELL));
      return { client, end, gone: broken.signal, files: new Map(), blocks: new Map(), shell };
    } catch (thrown) {
      this.#live = undefined;
      if (this.#closed.signal.aborted) throw closedByUs();
      throw this.#rememberFailure(connectionFailure(thrown, this.#where));
    }
  }

  #rememberFailure(failure: CosmosError): CosmosError {
    const error = unreachable(failure);
    // Mistakes on our own side (a missing key file) reach no server: they may be mended at any moment.
    const isOurs = /^ssh\.(key_|agent_|known_hosts_)/.test(failure.code);
    const longest = failure.code === 'ssh.auth_failed' ? LONGEST_PAUSE_AFTER_REFUSAL_MS : LONGEST_PAUSE_MS;
    const pause = isOurs ? 0 : Math.min(longest, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#pause = { until: Date.now() + pause, failure: error };
    return error;
  }

  /** A session that does not answer in time is given up, and another is opened at the next call. */
  async #withSession<S extends { readonly isOver: boolean; end(): void }, T>(
    wanted: {
      readonly number: number;
      readonly open: (client: Client) => Promise<S>;
      readonly of: (live: Live) => Sessions<S>;
      readonly use: (session: S) => Promise<T>;
    },
    { deadlineMs = this.answerTimeoutMs, signal }: CallBounds,
  ): Promise<T> {
    signal?.throwIfAborted();
    const live = await this.#connected({ deadlineMs, signal });
    const sessions = wanted.of(live);
    const signals = [signal, live.gone];
    const opened =
      sessions.get(wanted.number) ??
      wanted.open(live.client).catch((thrown: unknown) => {
        sessions.delete(wanted.number);
        throw live.gone.aborted ? live.gone.reason : channelRefused(thrown);
      });
    sessions.set(wanted.number, opened);
    const session = await boundedWait(opened, { deadlineMs, signals });
    try {
      return await boundedWait(wanted.use(session), { deadlineMs, signals });
    } catch (thrown) {
      const isSilent = thrown instanceof CosmosError && thrown.parameters.reason === 'deadline';
      if (isSilent || session.isOver) {
        sessions.delete(wanted.number);
        session.end();
      }
      // What the session says of a lost connection is that there was no answer; what broke it says more.
      throw live.gone.aborted && !signal?.aborted ? live.gone.reason : thrown;
    }
  }

  get #where(): { address: string; port: number; user: string } {
    const { address, port, user } = this.#options;
    return { address, port, user };
  }
}

function openExec(client: Client, line: string): Promise<CommandChannel> {
  return CommandChannel.open(client, line).catch((thrown: unknown) => {
    throw channelRefused(thrown);
  });
}

/** Nothing has begun where a channel is refused. */
async function openPatiently(
  open: () => Promise<CommandChannel>,
  gone: AbortSignal,
): Promise<CommandChannel> {
  for (const pauseMs of PAUSES_AFTER_REFUSAL_MS) {
    try {
      return await open();
    } catch (thrown) {
      if (gone.aborted) throw thrown;
      await after(pauseMs);
    }
  }
  return await open();
}

function channelRefused(cause: unknown): CosmosError {
  return unreachable(new CosmosError('ssh.channel_refused', {}, { cause }));
}

function lost(): CosmosError {
  return new CosmosError('ssh.closed');
}

function closedByUs(): CosmosError {
  return new CosmosError('engine.host_unreachable', { reason: 'closed' });
}
