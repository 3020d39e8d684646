import type {
  LaneName,
  PrincipalId,
  ProfileId,
  PromptId,
  RequestId,
  RunId,
  Sha256,
} from '../../src/core/ids.ts';
import type { MediaFacts } from '../../src/core/ports/media.ts';
import type { Prompt, PromptInput, Role } from '../../src/core/prompts/prompt.ts';
import type { Run } from '../../src/core/runs/run.ts';

/** Friday, 20 November 2026, 14:30 in UTC. */
export const NOW = Date.UTC(2026, 10, 20, 14, 30);
export const MINUTE = 60_000;

export const ANA = 'pr_ana00000' as PrincipalId;
export const BEN = 'pr_ben00000' as PrincipalId;

export const STREET: MediaFacts = {
  kind: 'video',
  width: 1280,
  height: 704,
  fps: 24,
  frames: 121,
  durationMs: 5042,
  codec: 'h264',
  hasAudio: false,
};

function sampleInput(role: Role, originalName: string, facts: MediaFacts = STREET): PromptInput {
  return {
    role,
    originalName,
    asset: { sha256: 'ab'.repeat(32) as Sha256, bytes: 4_200_000, facts, extension: 'mp4' },
  };
}

export function samplePrompt(overrides: Partial<Prompt> = {}): Prompt {
  return {
    id: 'ps_7k2m9x4d' as PromptId,
    name: 'rainy_neon_street',
    owner: ANA,
    text: 'A rainy neon street at night, cinematic',
    negativeText: '',
    inputs: [sampleInput('color', 'street.mp4'), sampleInput('depth', 'street_depth.mp4')],
    createdAt: NOW - 3 * MINUTE,
    ...overrides,
  };
}

export function sampleRun(overrides: Partial<Run> = {}): Run {
  const prompt = samplePrompt();
  return {
    id: 'rs_3fq8w1zz' as RunId,
    promptId: prompt.id,
    promptName: prompt.name,
    requestId: 'rq_00000000' as RequestId,
    owner: ANA,
    ownerName: 'ana',
    profileId: 'transfer1' as ProfileId,
    profileHash: 'c0ffee00'.repeat(8),
    text: prompt.text,
    negativeText: '',
    inputs: prompt.inputs,
    parameters: { edge: 0.8, vis: 0.2, num_steps: 35, seed: 7 },
    priority: 0,
    state: 'queued',
    outputs: [],
    queuedAt: NOW - 20 * MINUTE,
    ...overrides,
  };
}

/** A run of which the model is working. */
export function activeRun(overrides: Partial<Run> = {}): Run {
  return sampleRun({
    state: 'active',
    stage: 'running',
    lane: 'gpu1/gpu0' as LaneName,
    startedAt: NOW - 5 * MINUTE,
    progress: {
      modelStage: 'denoising',
      percent: 46,
      step: { current: 12, total: 35 },
      remainingMs: { low: 4 * MINUTE, high: 5.5 * MINUTE },
      logTail: ['Completed T5 compute', 'Starting diffusion sampling', '12/35 [01:31<02:56, 7.7 s/step]'],
      updatedAt: NOW,
    },
    ...overrides,
  });
}

/** A run that ended 8 min 12 s after it began. */
export function endedRun(overrides: Partial<Run> = {}): Run {
  return activeRun({ state: 'done', startedAt: NOW - 492_000, finishedAt: NOW, ...overrides });
}
