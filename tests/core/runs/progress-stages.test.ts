import { describe, expect, it } from 'vitest';
import { StagePosition } from '../../../src/core/runs/progress-stages.ts';
import { transfer1 } from '../models/profiles.ts';

describe('the place of a run in the stages of its model', () => {
  it('never goes back within a stage: a GPU that begins its bar later is behind the others', () => {
    const { stages } = transfer1().progress;
    const position = new StagePosition(stages, 1);
    position.begin(stages.findIndex(({ key }) => key === 'denoising'));
    position.advance(0.6);
    const share = position.share();
    position.advance(0.2);

    expect(share).toBeGreaterThan(0);
    expect(position.share()).toBe(share);
    position.advance(7);
    expect(position.share()).toBeLessThan(1);
  });
});
