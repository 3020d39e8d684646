import { constants } from 'node:os';
import type { Client, ClientChannel } from 'ssh2';

/** The channel of a command that has been started, and how the command ended. */
export class CommandChannel {
  readonly stream: ClientChannel;
  #exitCode: number | undefined;

  private constructor(stream: ClientChannel) {
    this.stream = stream;
    stream.on('exit', (code: number | null, signal?: string) => {
      this.#exitCode = code ?? 128 + signalNumber(signal);
    });
  }

  /** Throws what the library says of a channel that is refused. */
  static open(client: Client, line: string): Promise<CommandChannel> {
    return new Promise((resolve, reject) => {
      client.exec(line, (error, stream) => {
        // Listens from here on: the library reads all that arrived in one piece, up to the exit code, before any promise
        // goes on.
        if (error === undefined) resolve(new CommandChannel(stream));
        else reject(error);
      });
    });
  }

  /** As a shell has it, 128 and more for a signal; undefined where the server has not said how the command ended. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Ends the command with all that it started in its session, as far as the server does so, and the channel. */
  kill(): void {
    try {
      this.stream.signal('KILL');
      this.stream.destroy();
    } catch (thrown) {
      // The connection is gone, and the channel with it.
      if (!(thrown instanceof Error)) throw thrown;
    }
  }
}

function signalNumber(signal: string | undefined): number {
  const found = Object.entries(constants.signals).find(([name]) => name === `SIG${signal ?? ''}`);
  return found?.[1] ?? 0;
}
