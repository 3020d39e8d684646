import { spawn } from 'node:child_process';
import { CosmosError } from '../errors.ts';
import type { OnProgress } from '../ports/media.ts';
import { feedTool } from './feed-tool.ts';
import type { InspectAnswer, InspectRequest } from './tool/answer.ts';

export interface Inspection {
  /** Program and first arguments of the media tool. */
  readonly command: readonly [string, ...string[]];
  readonly request: InspectRequest;
  /** File descriptors of the file to look at and, for a poster, of the picture. */
  readonly files: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** What the tool reads from its file descriptor 3, which takes the place of `files`. */
  readonly feed?: AsyncIterable<Uint8Array>;
  readonly onProgress?: OnProgress | undefined;
}

/** An answer has some hundred characters; what is longer is not one. */
const LONGEST_OUTPUT = 65_536;
const LONGEST_COMPLAINT = 2_048;
const LONGEST_PROGRESS = 64;

/**
 * Runs the media tool once and returns what it found. The process gets an empty environment, no path and no
 * network address, and is killed at the deadline and on abort; this returns after it has ended, never before.
 * Throws `media.worker_timed_out`, `media.worker_failed`, the abort reason, what `feed` threw, or the code that the tool
 * answered.
 */
export async function runInspection(inspection: Inspection): Promise<Extract<InspectAnswer, { ok: true }>> {
  const { command, request, files, signal, feed, onProgress } = inspection;
  const { deadlineMs } = request.bounds;
  signal?.throwIfAborted();
  const [program, ...first] = command;
  const child = spawn(program, [...first, 'inspect', JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe', ...(feed === undefined ? files : (['pipe'] as const))],
    env: {},
  });
  const output = new StreamTail(LONGEST_OUTPUT);
  const complaint = new StreamTail(LONGEST_COMPLAINT);
  child.stdout?.on('data', (chunk: Buffer) => output.add(chunk));
  if (onProgress !== undefined) child.stdout?.on('data', progressReader(onProgress));
  child.stderr?.on('data', (chunk: Buffer) => complaint.add(chunk));
  const kill = () => child.kill('SIGKILL');
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    kill();
  }, deadlineMs);
  signal?.addEventListener('abort', kill, { once: true });
  const feeding = feed && feedTool(child.stdio[3], feed, kill);
  // Looked at once the process has ended.
  feeding?.catch(() => undefined);
  try {
    const ending = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(`cannot be started: ${codeOf(error)}`));
      child.once('close', (code, killer) =>
        resolve(code === 0 ? undefined : (killer ?? `exit code ${code}`)),
      );
    });
    signal?.throwIfAborted();
    await feeding;
    if (late) throw new CosmosError('media.worker_timed_out', { timeoutMs: deadlineMs });
    return readAnswer(output.text(), ending, complaint.text());
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', kill);
  }
}

function readAnswer(
  output: string,
  ending: string | undefined,
  complaint: string,
): Extract<InspectAnswer, { ok: true }> {
  const answer = parseAnswer(output);
  // A refusal counts even if the tool did not survive it: it says more than the signal.
  if (answer?.ok === false) throw new CosmosError(answer.code, answer.parameters);
  if (answer !== undefined && ending === undefined) return answer;
  const cause = complaint === '' ? undefined : new Error(complaint);
  throw new CosmosError('media.worker_failed', { detail: ending ?? 'no answer' }, { cause });
}

/** Lines may come in pieces. */
function progressReader(onProgress: OnProgress): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST_PROGRESS);
    for (const line of lines) {
      const share = /^\{"progress":([\d.]+)\}$/.exec(line)?.[1];
      if (share !== undefined) onProgress(Math.min(1, Number(share)));
    }
  };
}

function parseAnswer(output: string): InspectAnswer | undefined {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{"ok":')) return undefined;
  try {
    return JSON.parse(line) as InspectAnswer;
  } catch {
    // Cut off by the end of the process: as good as none.
    return undefined;
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

/** The last characters of a stream, at most `limit`. */
class StreamTail {
  readonly #limit: number;
  #text = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#text = (this.#text + chunk.toString('utf8')).slice(-this.#limit);
  }

  text(): string {
    return this.#text;
  }
}
