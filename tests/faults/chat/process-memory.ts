import { readFile, writeFile } from 'node:fs/promises';

const BYTES_PER_KIB = 1024;

/** Forgets the most that a process of this user has had in memory until now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** The most that a process has had in memory, as the kernel has noted it: bytes. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`the kernel says nothing of process ${pid}`);
  return Number(kibibytes) * BYTES_PER_KIB;
}
