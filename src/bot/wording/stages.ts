import type { RunStage, RunState } from '../../core/runs/run.ts';

const STATE_WORDS = {
  queued: 'queued',
  active: 'running',
  done: 'done',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  timed_out: 'timed out',
  lost: 'lost',
} as const satisfies Record<RunState, string>;

const STAGE_WORDS = {
  preparing: 'preparing',
  resizing: 'making the video smaller',
  uploading: 'uploading',
  starting: 'starting',
  running: 'running the model',
  stopping: 'stopping',
  collecting: 'downloading',
  verifying: 'checking',
} as const satisfies Record<RunStage, string>;

/** Words for stage keys that several profiles share; any other key is shown as its own words. */
const MODEL_STAGE_WORDS: ReadonlyMap<string, string> = new Map([
  ['load', 'loading the model'],
  ['loading', 'loading the model'],
  ['loading_model', 'loading the model'],
  ['load_model', 'loading the model'],
  ['denoise', 'denoising'],
  ['sampling', 'denoising'],
  ['decode', 'decoding'],
  ['encode', 'encoding'],
  ['render', 'rendering'],
  ['save', 'saving'],
  ['guardrail', 'checking the content'],
]);

/** What state a run is in: `timed out`. */
export function stateWords(state: RunState): string {
  return STATE_WORDS[state];
}

/** What an active run does now: the model's own stage while the model runs, else the bot's. */
export function stageWords(stage: RunStage | undefined, modelStage?: string): string {
  if (stage === undefined) return 'preparing';
  if (stage === 'running' && modelStage !== undefined) return modelStageWords(modelStage);
  return STAGE_WORDS[stage];
}

function modelStageWords(key: string): string {
  return MODEL_STAGE_WORDS.get(key) ?? key.replaceAll(/[_-]+/g, ' ').trim();
}
