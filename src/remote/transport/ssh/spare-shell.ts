import type { CommandChannel } from './command-channel.ts';

/** What of a shell tells that it has ended, and closes it. */
interface Shell {
  readonly stream: {
    once(event: string, listener: () => void): unknown;
    destroy(): unknown;
  };
  readonly exitCode: number | undefined;
}

/** The command line of a shell that takes its script from its input. */
export const SHELL = '/bin/sh -s';

/**
 * Keeps one shell ready that has been started and asked nothing: to start one takes two round trips and a new process on
 * the host, which no command has to wait for then.
 */
export class SpareShell<Started extends Shell = CommandChannel> {
  readonly #start: () => Promise<Started>;
  #spare: Promise<Started> | undefined;

  constructor(start: () => Promise<Started>) {
    this.#start = start;
  }

  /** The one that is ready, or else a new one. Whoever takes it ends it. */
  take(): Promise<Started> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined) return this.#start();
    return spare.then(
      (shell) => {
        if (shell.exitCode === undefined) return shell;
        // Nobody reads it any more: its channel would stay open, and a connection has few.
        shell.stream.destroy();
        return this.#start();
      },
      () => this.#start(),
    );
  }

  /** Makes one ready, in its own time; where that fails, the next command starts its own and says why. */
  prepare(): void {
    if (this.#spare !== undefined) return;
    const spare = this.#start();
    this.#spare = spare;
    const forget = (): boolean => {
      if (this.#spare !== spare) return false;
      this.#spare = undefined;
      return true;
    };
    spare.then(({ stream, exitCode }) => {
      const ended = (): void => {
        if (forget()) stream.destroy();
      };
      // The word of its end can come in one piece with that of its start, before anybody listens here.
      if (exitCode !== undefined) ended();
      // Ended by somebody on the host: its channel closes once it is read, which nobody does.
      for (const event of ['exit', 'close', 'error']) stream.once(event, ended);
    }, forget);
  }
}
