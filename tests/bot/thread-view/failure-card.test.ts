import { describe, expect, test } from 'vitest';
import { failureCard } from '../../../src/bot/thread-view/failure-card.ts';
import { BEN, endedRun, NOW, sampleRun } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

describe('the card of a run without a result', () => {
  test('that failed says where it stopped, why, and what to do', () => {
    const parameters = {
      signature: 'out_of_memory',
      detail: '21.9 of 24 GB were in use by another process (pid 4211, python, user render)',
      advice: 'Free it and retry, or run with offloading (slower, needs 4 GB less)',
    };
    const run = endedRun({ state: 'failed', problem: { code: 'model.failure_signature', parameters } });
    expect(rendered(failureCard({ run, stageTitle: 'loading the model' }))).toMatchInlineSnapshot(`
      "
      ✖ rs_3fq8w1zz stopped while loading the model · rainy_neon_street
        Out of memory: 21.9 of 24 GB were in use by another process (pid 4211, python, user
        render).
        Next: free it and retry, or run with offloading (slower, needs 4 GB less).
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Retry: /cosmos retry rs_3fq8w1zz   Tune and run: /cosmos tune rs_3fq8w1zz
          Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test('that was blocked asks for another text', () => {
    const problem = { code: 'model.guardrail', parameters: { detail: 'the prompt contains "…"' } } as const;
    expect(rendered(failureCard({ run: endedRun({ state: 'blocked', problem }) }))).toMatchInlineSnapshot(`
      "
      ⊘ rs_3fq8w1zz was blocked · rainy_neon_street
        Blocked by the model's own guardrail: the prompt contains "…".
        Next: change the text or the video and run again.
        → Details: /cosmos show rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test('that was cancelled says by whom and that the lane is free', () => {
    const run = endedRun({ state: 'cancelled', cancel: { requestedAt: NOW, by: BEN, byName: 'ben' } });
    expect(rendered(failureCard({ run, notify: { mention: 'U1', name: 'ana' } }))).toMatchInlineSnapshot(`
      "
      ◼ rs_3fq8w1zz was cancelled · rainy_neon_street
        By @ben at 46 %. gpu1/gpu0 is free again.
        @ana
        → Run again: /cosmos retry rs_3fq8w1zz
      "
    `);
  });

  test('that ended by itself says who has cancelled it too late, that was stopped or lost does not', () => {
    const cancel = { requestedAt: NOW, by: BEN, byName: 'ben' };
    const late = '@ben asked to cancel it, and that came too late';

    expect(rendered(failureCard({ run: endedRun({ state: 'failed', cancel }) }))).toContain(late);
    for (const state of ['cancelled', 'timed_out', 'lost'] as const)
      expect(rendered(failureCard({ run: endedRun({ state, cancel }) }))).not.toContain(late);
  });

  test('that was cancelled in the queue says that it had not started', () => {
    const run = sampleRun({
      state: 'cancelled',
      finishedAt: NOW,
      cancel: { requestedAt: NOW, by: BEN, byName: 'ben' },
    });
    expect(rendered(failureCard({ run }))).toContain('By @ben, before it started.');
  });

  test('that took too long says how long it may take', () => {
    const problem = { code: 'model.timed_out', parameters: { limitMs: 480_000 } } as const;
    expect(rendered(failureCard({ run: endedRun({ state: 'timed_out', problem }) }))).toMatchInlineSnapshot(`
      "
      ✖ rs_3fq8w1zz was stopped after 8 min 12 s · rainy_neon_street
        The run took longer than it may (8 min) and was stopped.
        Next: retry with less to do, or raise timeouts.run in the configuration.
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Retry: /cosmos retry rs_3fq8w1zz   Tune and run: /cosmos tune rs_3fq8w1zz
          Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test('that was lost says that nothing is left', () => {
    const problem = { code: 'engine.host_replaced', parameters: { host: 'gpu1' } } as const;
    expect(rendered(failureCard({ run: endedRun({ state: 'lost', problem }) }))).toMatchInlineSnapshot(`
      "
      ? rs_3fq8w1zz is lost · rainy_neon_street
        gpu1 was wiped or replaced while the run was on it. Nothing of it is left.
        Next: run it again.
        → Run again: /cosmos retry rs_3fq8w1zz
      "
    `);
  });

  test('has a title of its own for every outcome', () => {
    const states = ['failed', 'blocked', 'cancelled', 'timed_out', 'lost'] as const;
    const titles = states.map((state) => rendered(failureCard({ run: endedRun({ state }) })).split('\n')[1]);
    expect(new Set(titles).size).toBe(states.length);
  });
});
