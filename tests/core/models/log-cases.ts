import { judge, type Verdict } from '../../../src/core/models/outcome.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';

/** What a model prints as it fails, and how that is to be told. */
export interface FailureCase {
  readonly signature: string;
  readonly exitCode: number;
  readonly log: string;
  /** Of the problem's parameters. */
  readonly groups: object;
}

export function failure(signature: string, exitCode: number, log: string, groups: object = {}): FailureCase {
  return { signature, exitCode, log, groups };
}

/** An exception as Python prints it. */
export function raised(words: string): string {
  return `Traceback (most recent call last):\n  File "/workspace/main.py", line 1, in <module>\n${words}\n`;
}

/** A bar of tqdm from its beginning to its end. */
export function bar(description: string, total: number): string {
  const lines = Array.from({ length: total + 1 }, (_, step) => {
    const percent = String(Math.floor((step * 100) / total)).padStart(3);
    return `\r${description}${percent}%|███       | ${step}/${total} [00:50<01:15,  3.59s/it]`;
  });
  return `${lines.join('')}\n`;
}

/** A video of 150 frames was asked for. */
function trackerOf(profile: Profile): ProgressTracker {
  return new ProgressTracker(profile, { frames: 150 });
}

export function verdictOf(
  profile: Profile,
  text: string,
  exitCode: number,
  outputs: readonly { readonly path: string; readonly bytes: number }[] = [],
): Verdict {
  const log = trackerOf(profile);
  log.feed(Buffer.from(text));
  return judge({ profile, exitCode, log, outputs });
}

/** What a failure is to be told as. */
export function told({ signature, groups }: FailureCase, matchers: { advice: unknown }): object {
  const isBlocked = signature.startsWith('blocked');
  return {
    outcome: isBlocked ? 'blocked' : 'failed',
    problem: {
      code: isBlocked ? 'model.guardrail' : 'model.failure_signature',
      parameters: { signature, ...matchers, ...groups },
    },
  };
}

/** All percents and all changes of the stage that are seen while a log is read in pieces of `size` bytes. */
export function progressOf(profile: Profile, text: string, size: number) {
  const tracker = trackerOf(profile);
  const log = Buffer.from(text);
  const percents: number[] = [];
  const stages: string[] = [];
  for (let at = 0; at < log.length; at += size) {
    tracker.feed(log.subarray(at, at + size));
    const { percent, modelStage } = tracker.snapshot();
    if (percent !== undefined) percents.push(percent);
    if (modelStage !== undefined && modelStage !== stages.at(-1)) stages.push(modelStage);
  }
  return { percents, stages };
}
