import type { RunStage, RunTransfer } from '../../core/runs/run.ts';
import { aboutTime, rate, share } from './numbers.ts';
import { stageWords } from './stages.ts';

/** `uploading 1.2 of 3.4 GB`, `95 MB/s`, `about 24 s left`; what means nothing yet is left out. */
export function transferWords(stage: RunStage | undefined, transfer: RunTransfer): readonly string[] {
  const { doneBytes, totalBytes, bytesPerSecond, remainingMs } = transfer;
  return [
    `${stageWords(stage)} ${share(doneBytes, totalBytes)}`,
    ...(bytesPerSecond === undefined ? [] : [rate(bytesPerSecond)]),
    ...(remainingMs === undefined ? [] : [`${aboutTime(remainingMs)} left`]),
  ];
}
