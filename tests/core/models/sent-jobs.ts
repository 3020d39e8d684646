import { expect } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import type { PromptInput } from '../../../src/core/prompts/prompt.ts';
import { requestFor } from './profiles.ts';

/** The job of a run that passed all checks with what somebody has set. */
export function plan(of: Profile, given: object, inputs: readonly PromptInput[], over = {}): AttemptPlan {
  const checked = checkRun(of, inputs, { ...given });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return buildJob(requestFor(of, { parameters: checked.value, inputs, ...over }));
}

/** The one file that the bot writes for a job, as the model reads it. */
export function onlyFile({ files }: AttemptPlan, path: string) {
  expect(files.map((file) => file.path)).toEqual([path]);
  return JSON.parse(files[0]?.content ?? '');
}
