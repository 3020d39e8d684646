import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallObserver } from './observed-port.ts';
import { playSession } from './session.ts';

/**
 * A bot that kills itself with SIGKILL right before or right after its n-th call of a port:
 * `<directory> <n> before|after done|cancelled [parameters [counted]]`. One that comes to its end writes the names of its
 * calls to `calls.json`; only those count that fit `counted`, all where it is absent.
 */
const [directory = '', at = '0', side = 'before', end = 'done', parameters = '', counted = ''] =
  process.argv.slice(2);
const calls: string[] = [];

const observe: CallObserver = (name) => {
  const isMarked = new RegExp(counted).test(name) && calls.push(name) === Number(at);
  if (isMarked && side === 'before') process.kill(process.pid, 'SIGKILL');
  return () => {
    if (isMarked && side === 'after') process.kill(process.pid, 'SIGKILL');
  };
};

await playSession(directory, { observe, isCancelled: end === 'cancelled', parameters });
writeFileSync(join(directory, 'calls.json'), JSON.stringify(calls));
