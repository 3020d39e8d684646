import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { playBatch } from './batch-session.ts';

/**
 * A bot with several runs that kills itself with SIGKILL right before or right after its n-th call of the host:
 * `<directory> <n> before|after <text>…`. One that comes to its end writes the names of its calls to `calls.json`.
 */
const [directory = '', at = '0', side = 'before', ...texts] = process.argv.slice(2);
const calls: string[] = [];

await playBatch(directory, texts, (name) => {
  const isMarked = calls.push(name) === Number(at);
  if (isMarked && side === 'before') process.kill(process.pid, 'SIGKILL');
  return () => {
    if (isMarked && side === 'after') process.kill(process.pid, 'SIGKILL');
  };
});
writeFileSync(join(directory, 'calls.json'), JSON.stringify(calls));
