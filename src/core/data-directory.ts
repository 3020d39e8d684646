import { join } from 'node:path';
import type { AttemptId, HostName, LaneName, RequestId, RunId, Sha256 } from './ids.ts';

/** Where things lie below `data_dir`; no other file joins these paths. */
export class DataDirectory {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get database(): string {
    return join(this.root, 'cosmos.db');
  }

  /** Held by the one daemon of this data directory. */
  get daemonLock(): string {
    return join(this.root, 'locks', 'daemon.lock');
  }

  /** Id of the process that took `daemonLock` last, for people; who holds it now, only the lock knows. */
  get daemonProcess(): string {
    return join(this.root, 'locks', 'daemon.pid');
  }

  /** Held by the one process that drives the lane. */
  laneLock(lane: LaneName): string {
    return join(this.root, 'locks', `${lane.replace('/', '--')}.lock`);
  }

  /** Held by the one process that goes on with unfinished uploads to the host. */
  uploadLock(host: HostName): string {
    return join(this.root, 'locks', 'uploads', `${host}.lock`);
  }

  /** Held by the one process that draws a contact sheet. */
  get contactSheetLock(): string {
    return join(this.root, 'locks', 'contact-sheets.lock');
  }

  /** Files that are still being copied in. */
  get incoming(): string {
    return join(this.root, 'incoming');
  }

  asset(sha256: Sha256): string {
    return join(this.root, 'assets', sha256);
  }

  poster(sha256: string): string {
    return join(this.root, 'posters', `${sha256}.jpg`);
  }

  /**
   * The log of an attempt as a run of it may see it: our copy of `run.log` where it is alone, else its own part of
   * `sharedLog`.
   */
  log(run: RunId, attempt: AttemptId): string {
    return join(this.root, 'runs', run, `${attempt}.log`);
  }

  /** Our copy of the `run.log` of an attempt of several runs, beside the first of them. */
  sharedLog(first: RunId, attempt: AttemptId): string {
    return join(this.root, 'runs', first, `${attempt}.shared.log`);
  }

  /** Collected outputs of a run. */
  outputs(run: RunId): string {
    return join(this.root, 'runs', run, 'outputs');
  }

  /** A still of what a run has made. */
  runPoster(run: RunId): string {
    return join(this.root, 'runs', run, 'poster.jpg');
  }

  /** The pictures of all results of a request, on one. */
  contactSheet(request: RequestId): string {
    return join(this.root, 'requests', request, 'contact-sheet.jpg');
  }

  /** Everything that made the result of a run, beside its outputs. */
  bundle(run: RunId): string {
    return join(this.outputs(run), 'bundle.json');
  }

  /** What an attempt of a run got. */
  sent(run: RunId, attempt: AttemptId): string {
    return join(this.root, 'runs', run, `${attempt}.sent.json`);
  }

  /** A copy of an output with at most so many bytes, for chats that take no more. */
  proxy(run: RunId, output: string, maxBytes: number): string {
    return join(this.root, 'runs', run, 'proxies', `${output}-${maxBytes}.mp4`);
  }
}
