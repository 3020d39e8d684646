import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';

export interface RecordedProcess {
  readonly pid: number;
  readonly start: string;
  readonly boot: string;
  readonly session: string;
}

/** What the wrapper has written of itself. */
export async function recorded(attemptPath: string): Promise<RecordedProcess> {
  const [pid = '', start = '', boot = '', session = ''] = (
    await readFile(`${attemptPath}/started/process`, 'utf8')
  ).split(' ');
  return { pid: Number(pid), start, boot, session };
}

/** The process id that a job writes to a file, once it is there. */
export async function jobProcess(path: string): Promise<number> {
  return Number(await untilFile(path));
}

/** The content of a file, once it has any. */
export async function untilFile(path: string): Promise<string> {
  for (;;) {
    const content = await readFile(path, 'utf8').catch(() => '');
    if (content.endsWith('\n')) return content.trim();
    await after(5);
  }
}

/** True while the process can do anything: a zombie cannot. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

export async function untilGone(pid: number): Promise<void> {
  while (await isAlive(pid)) await after(5);
}
