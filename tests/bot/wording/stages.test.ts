import { expect, test } from 'vitest';
import { stageWords, stateWords } from '../../../src/bot/wording/stages.ts';
import { RUN_STATES } from '../../../src/core/runs/run.ts';

test('every state has words without underscores', () => {
  expect(RUN_STATES.map(stateWords)).toEqual([
    'queued',
    'running',
    'done',
    'failed',
    'blocked',
    'cancelled',
    'timed out',
    'lost',
  ]);
});

test.each([
  [undefined, undefined, 'preparing'],
  ['uploading', undefined, 'uploading'],
  ['collecting', 'denoising', 'downloading'],
  ['verifying', undefined, 'checking'],
  ['running', undefined, 'running the model'],
  ['running', 'loading_model', 'loading the model'],
  ['running', 'control_maps', 'control maps'],
] as const)('the stage %s of a run whose model does %s is called %s', (stage, modelStage, words) => {
  expect(stageWords(stage, modelStage)).toBe(words);
});
