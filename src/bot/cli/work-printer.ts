import type { WorkProgress } from '../../core/sequences/sequence-maker.ts';
import { workWords } from '../wording/work-words.ts';
import { type CliOutput, printNote } from './cli-output.ts';

/** A line each quarter of the way is enough where lines cannot be taken back. */
const STEP = 0.25;

/** Tells on standard error how far a work on files is. */
export function workPrinter(output: CliOutput): (progress: WorkProgress) => void {
  let told = -1;
  return (progress) => {
    const step = Math.floor(progress.share / STEP);
    if (step <= told) return;
    told = step;
    printNote(output, workWords(progress));
  };
}
