import { describe, expect, test } from 'vitest';
import { statusCard } from '../../../src/bot/thread-view/status-card.ts';
import type { StatusView } from '../../../src/bot/thread-view/views.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { ANA, activeRun, BEN, endedRun, MINUTE, NOW, sampleRun } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

import { PLACE } from './sample-views.ts';

describe('the status card', () => {
  test('of a queued run says its place and when it starts', () => {
    expect(rendered(statusCard({ run: sampleRun(), place: PLACE }))).toMatchInlineSnapshot(`
      "
      ○ rs_3fq8w1zz · rainy_neon_street · transfer1 · asked by @ana
        Place 3 of 5 · starts in 18–25 min (1 run of @ben, 1 of yours before it; 1 run of @ben
        is running)
        edge 0.8 · vis 0.2 · 35 steps · seed 7
        → Cancel: /cosmos cancel rs_3fq8w1zz
      "
    `);
  });

  test('of a queued run says that the queue is paused instead of a time', () => {
    expect(
      rendered(statusCard({ run: sampleRun(), place: { ...PLACE, paused: true, before: [], running: [] } })),
    ).toMatchInlineSnapshot(`
      "
      ○ rs_3fq8w1zz · rainy_neon_street · transfer1 · asked by @ana
        Place 3 of 5
        The queue is paused; nothing starts until it is resumed.
        edge 0.8 · vis 0.2 · 35 steps · seed 7
        → Cancel: /cosmos cancel rs_3fq8w1zz
      "
    `);
  });

  test('of a queued run tells the runs that wait before it from those that run', () => {
    const ben = { owner: BEN, ownerName: 'ben', count: 3 };
    const ana = { owner: ANA, ownerName: 'ana', count: 1 };
    const words = (place: Partial<typeof PLACE>) =>
      rendered(statusCard({ run: sampleRun(), place: { ...PLACE, place: 1, of: 1, before: [], ...place } }));
    expect(words({ running: [ana] })).toContain(
      'Place 1 of 1 · starts in 18–25 min (1 run of yours is running)',
    );
    expect(words({ running: [ben] })).toContain('(3 runs of @ben are running)');
    expect(words({ running: [ana, ben] })).toContain('(1 run of yours, 3 of @ben are running)');
    expect(words({ place: 4, of: 4, before: [ben], running: [] })).toContain('(3 runs of @ben before it)');
    expect(words({ running: [] })).not.toContain('(');
  });

  test('of a run that nobody follows says so, and no remaining time', () => {
    const card = rendered(statusCard({ run: activeRun(), stageTitle: 'denoising', unattended: true }));
    expect(card).toContain('46 %   denoising 12/35\n');
    expect(card).not.toContain('left');
    expect(card).toContain('No bot follows it now');
    const cancel = { requestedAt: NOW, by: BEN, byName: 'ben' };
    expect(rendered(statusCard({ run: activeRun({ cancel }), unattended: true }))).toContain(
      'it is stopped when a bot works its lane again',
    );
  });

  test('shows the newest lines of a long log, without empty ones', () => {
    const logTail = ['one', 'two', '', 'three', 'four', ' ', 'five', 'six'];
    const card = statusCard({ run: activeRun({ progress: { logTail, updatedAt: NOW } }) });
    expect(card.blocks.filter((block) => block.type === 'log')).toEqual([
      { type: 'log', lines: ['two', 'three', 'four', 'five', 'six'] },
    ]);
  });

  test('of a running run shows bar, stage, remaining time, parameters and log', () => {
    expect(rendered(statusCard({ run: activeRun(), stageTitle: 'denoising' }))).toMatchInlineSnapshot(`
      "
      ▶ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0 · asked by @ana
        █████████░░░░░░░░░░░  46 %   denoising 12/35 · 4–6 min left
        edge 0.8 · vis 0.2 · 35 steps · seed 7
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Cancel: /cosmos cancel rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test.each(['uploading', 'collecting'] as const)(
    'of a run that is %s shows bytes, rate and remaining time',
    (stage) => {
      const transfer = { doneBytes: 1.2e9, totalBytes: 3.4e9, bytesPerSecond: 95e6, remainingMs: 23_158 };
      const word = stage === 'uploading' ? 'uploading' : 'downloading';
      expect(transferLine({ stage, progress: { transfer, logTail: [], updatedAt: NOW } })).toBe(
        `${word} 1.2 of 3.4 GB · 95 MB/s · about 23 s left`,
      );
    },
  );

  test('says of a transfer only what means something', () => {
    const transfer = { doneBytes: 1.2e9, totalBytes: 3.4e9 };
    const progress = { transfer, logTail: [], updatedAt: NOW };
    expect(transferLine({ stage: 'uploading', progress })).toBe('uploading 1.2 of 3.4 GB');
    const moving = { ...progress, transfer: { ...transfer, bytesPerSecond: 95e6, remainingMs: 23_158 } };
    const held = { stage: 'uploading', progress: moving } as const;
    const problem = { code: 'transfer.failed', parameters: {} } as const;
    expect(transferLine({ ...held, unreachableSince: NOW })).toBe('uploading 1.2 of 3.4 GB');
    expect(transferLine({ ...held, problem })).toBe('uploading 1.2 of 3.4 GB');
    expect(transferLine({ ...held, stage: 'preparing' })).toBe('preparing');
    expect(transferLine({ ...held, cancel: { requestedAt: NOW, by: BEN, byName: 'ben' } })).toBe('stopping');
    expect(transferLine(held, { unattended: true })).toBe('uploading');
  });

  test('of a download does not show what the model had left', () => {
    const transfer = { doneBytes: 1e6, totalBytes: 2e6 };
    const progress = { ...activeRun().progress, transfer, logTail: [], updatedAt: NOW };
    expect(transferLine({ stage: 'collecting', progress })).toBe('downloading 1 of 2 MB');
    expect(transferLine({ stage: 'verifying', progress })).toBe('checking');
  });

  test('says when a stage takes longer than it ever did', () => {
    const card = statusCard({
      run: activeRun(),
      stageTitle: 'loading the model',
      stageUsually: { low: 2 * MINUTE, high: 3 * MINUTE },
      parametersShown: ['seed'],
    });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ▶ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0 · asked by @ana
        █████████░░░░░░░░░░░  46 %   loading the model 12/35 · 4–6 min left · longer than usual
                                     (usually 2–3 min)
        seed 7
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Cancel: /cosmos cancel rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test('says what keeps an active run from its next step', () => {
    const run = activeRun({ problem: { code: 'transfer.disk_full', parameters: { file: 'preview.mp4' } } });
    const text = rendered(statusCard({ run, parametersShown: [] }));
    expect(text).toContain('Held up: There is no room for preview.mp4');
    expect(text).toContain('I keep');
  });

  test('says since when the host does not answer', () => {
    const run = activeRun({ unreachableSince: NOW - 28 * MINUTE });
    expect(
      rendered(statusCard({ run, stageTitle: 'denoising', parametersShown: [] })),
    ).toMatchInlineSnapshot(`
      "
      ▲ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0 · asked by @ana
        █████████░░░░░░░░░░░  46 %   denoising 12/35
        gpu1 does not answer since 14:02; the run goes on there if the machine is up. I keep
        trying.
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Cancel: /cosmos cancel rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });

  test('of a run that was cancelled too late says where it stands, not that it stops', () => {
    const cancel = { requestedAt: NOW, by: BEN, byName: 'ben' };
    const late = rendered(statusCard({ run: activeRun({ stage: 'verifying', cancel }) }));

    expect(late).not.toMatch(/stopping|Cancelled by|cosmos cancel/);
    expect(rendered(statusCard({ run: activeRun({ stage: 'running', cancel }) }))).toContain('stopping');
  });

  test('of a cancelled run that still stops offers no second cancel', () => {
    const run = activeRun({ cancel: { requestedAt: NOW, by: BEN, byName: 'ben' } });
    const card = statusCard({ run, parametersShown: [] });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ▶ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0 · asked by @ana
        █████████░░░░░░░░░░░  46 %   stopping
        Cancelled by @ben; waiting until it has stopped.
        │ Completed T5 compute
        │ Starting diffusion sampling
        │ 12/35 [01:31<02:56, 7.7 s/step]
        → Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
    expect(card.actions.map((action) => action.verb)).toEqual(['logs']);
  });

  test('of a run that ended says just that', () => {
    expect(rendered(statusCard({ run: endedRun() }))).toMatchInlineSnapshot(`
      "
      ✔ rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0
        Done after 8 min 12 s.
        → Details: /cosmos show rs_3fq8w1zz   Show log: /cosmos logs rs_3fq8w1zz
      "
    `);
  });
});

/** What stands beside the bar. */
function transferLine(run: Partial<Run>, view: Partial<StatusView> = {}): string {
  const { blocks } = statusCard({ run: activeRun(run), ...view });
  const block = blocks.find(({ type }) => type === 'progress');
  return block?.type === 'progress' ? block.label.join('') : '';
}
