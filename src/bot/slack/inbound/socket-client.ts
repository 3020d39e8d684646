import { SocketModeClient, type SocketModeOptions } from '@slack/socket-mode';

/** What is believed of a promised life, ms; others are no promise. */
const SHORTEST_LIFE_MS = 60_000;
const LONGEST_LIFE_MS = 24 * 60 * 60_000;

interface Heard {
  /** Slack greets; `lifeMs` is how long it means to keep the connection, where it says so. */
  readonly greeted: (lifeMs: number | undefined) => void;
  readonly askedToLeave: (reason: string) => void;
  /** A message that the library cannot read. */
  readonly unreadable: (error: unknown) => void;
}

/**
 * The library's client without its own idea of going: it closes a connection as soon as Slack asks it to leave, and has
 * none for seconds. Here whoever owns the client decides when it goes. It never reconnects by itself either: that way
 * has promises that nobody waits for, which end the process.
 */
export class SocketClient extends SocketModeClient {
  readonly #heard: Heard;

  constructor(options: Omit<SocketModeOptions, 'autoReconnectEnabled'>, heard: Heard) {
    super({ ...options, autoReconnectEnabled: false });
    this.#heard = heard;
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    try {
      const control = isBinary || typeof data !== 'string' ? undefined : controlMessage(data);
      if (control?.type === 'disconnect') {
        this.#heard.askedToLeave(control.reason ?? 'unknown');
        return;
      }
      if (control?.type === 'hello') this.#heard.greeted(lifeOf(control));
      await super.onWebSocketMessage(data, isBinary);
    } catch (error) {
      this.#heard.unreadable(error);
    }
  }
}

interface ControlMessage {
  readonly type?: string;
  readonly reason?: string;
  readonly debug_info?: { readonly approximate_connection_time?: number };
}

/** Envelopes are left to the library: they are long, and many. */
function controlMessage(data: string): ControlMessage | undefined {
  if (data.length > 2_000 || !/"(hello|disconnect)"/.test(data)) return undefined;
  const message: ControlMessage | null = JSON.parse(data);
  return message ?? undefined;
}

function lifeOf({ debug_info }: ControlMessage): number | undefined {
  const seconds = debug_info?.approximate_connection_time;
  const lifeMs = typeof seconds === 'number' ? seconds * 1_000 : 0;
  return lifeMs >= SHORTEST_LIFE_MS && lifeMs <= LONGEST_LIFE_MS ? lifeMs : undefined;
}
