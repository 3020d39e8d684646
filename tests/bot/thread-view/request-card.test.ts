import { describe, expect, it } from 'vitest';
import { cardHash } from '../../../src/bot/chat/card-hash.ts';
import { renderCard as renderOnDiscord } from '../../../src/bot/discord/render-card.ts';
import { blockIdPrefix } from '../../../src/bot/slack/block-ids.ts';
import { renderCard as renderOnSlack } from '../../../src/bot/slack/render-card.ts';
import { isLiveCard } from '../../../src/bot/terminal/render-screen.ts';
import { cardCharacters } from '../../../src/bot/thread-view/clip-card.ts';
import {
  requestCard,
  requestDetailsCard,
  requestTableCard,
} from '../../../src/bot/thread-view/request-card.ts';
import { requestEndCard } from '../../../src/bot/thread-view/request-end-card.ts';
import type { RequestRow, RequestView } from '../../../src/bot/thread-view/request-view.ts';
import type { LaneName, RequestId, RunId } from '../../../src/core/ids.ts';
import type { Card, Mark } from '../../../src/core/ports/chat.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { checkMessage } from '../../fakes/discord/checks/message-check.ts';
import { checkMessageBlocks } from '../../fakes/slack/block-check.ts';
import { ANA, BEN, MINUTE, NOW, sampleRun } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

const MEMORY = { code: 'model.exit_code', parameters: { exitCode: 137 } } as const;

function row(number: number, run: Partial<Run> = {}, more: Partial<RequestRow> = {}): RequestRow {
  return { run: sampleRun({ id: `rs_0000000${number}` as RunId, ...run }), label: `seed ${number}`, ...more };
}

function view(rows: readonly RequestRow[], more: Partial<RequestView> = {}): RequestView {
  const request = {
    ...{ id: 'rq_8d2k5m1x' as RequestId, owner: ANA, ownerName: 'ana' },
    ...{ isBatch: true, varied: ['seed'], createdAt: NOW - 20 * MINUTE },
  };
  return { request, rows, retryable: 0, isPaused: false, ...more };
}

const done: Partial<Run> = { state: 'done', startedAt: NOW - 10 * MINUTE, finishedAt: NOW - 2 * MINUTE };
const active: Partial<Run> = {
  state: 'active',
  stage: 'running',
  lane: 'gpu1/gpu0' as LaneName,
  startedAt: NOW - MINUTE,
  progress: {
    ...{ percent: 46, step: { current: 12, total: 35 }, logTail: [], updatedAt: NOW },
    remainingMs: { low: 4 * MINUTE, high: 6 * MINUTE },
  },
};

const MIXED = view(
  [
    row(1, done),
    row(2, { state: 'failed', problem: MEMORY, finishedAt: NOW }),
    row(3, active, { stageTitle: 'denoising' }),
    row(4, {}, { startsIn: { low: 4 * MINUTE, high: 6 * MINUTE } }),
  ],
  { retryable: 1, left: { low: 12 * MINUTE, high: 18 * MINUTE } },
);

describe('the table of a request', () => {
  it('says where each run stands, and all together', () => {
    expect(rendered(requestCard(MIXED), { width: 100 })).toMatchInlineSnapshot(`
      "
      ▶ rq_8d2k5m1x · 4 runs of rainy_neon_street · transfer1 · asked by @ana
        ████████████░░░░░░░░  61 %   1 of 4 done · 1 failed · 1 running · 1 queued · 12–18 min left
        rs_00000001  seed 1  done in 8 min
        rs_00000002  seed 2  failed: The model gave up with exit code 137.
        rs_00000003  seed 3  denoising 12/35 · 46 % · 4–6 min left
        rs_00000004  seed 4  queued, starts in 4–6 min
        → Cancel all: /cosmos cancel rq_8d2k5m1x   Retry 1 failed: /cosmos retry rq_8d2k5m1x
          Details: /cosmos show rq_8d2k5m1x
      "
    `);
  });

  it('of an answer names the picture with all results, and does not lead to itself', () => {
    const card = requestDetailsCard(view([row(1, done)], { sheet: '/data/contact-sheet.jpg' }));
    expect(rendered(card)).toContain('All results on one picture: /data/contact-sheet.jpg');
    expect(card.actions).toEqual([]);
  });

  it('does not call runs failed that somebody has cancelled', () => {
    const cancelled = view([row(1, done), row(2, { state: 'cancelled', finishedAt: NOW })], { retryable: 1 });
    expect(requestCard(cancelled).actions.map(({ label }) => label)).toContain('Run 1 again');
  });

  it('in a thread offers to run again what failed while others run; then its end does, which knows more', () => {
    const labels = (card: Card) => card.actions.map(({ label }) => label);
    expect(labels(requestTableCard(MIXED))).toEqual(['Cancel all', 'Retry 1 failed', 'Details']);
    const ended = view([row(1, done), row(2, { state: 'failed', problem: MEMORY })], { retryable: 1 });
    expect(labels(requestTableCard(ended))).toEqual(['Details']);
    expect(labels(requestEndCard(ended))).toEqual(['Retry 1 failed', 'Details']);
    expect(labels(requestDetailsCard(ended))).toEqual(['Retry 1 failed']);
  });

  it('is live in a terminal until all have ended; an answer about it never is', () => {
    expect(isLiveCard(requestCard(MIXED))).toBe(true);
    expect(isLiveCard(requestDetailsCard(MIXED))).toBe(false);
    const waiting = view([row(1), row(2)]);
    expect(isLiveCard(requestCard(waiting))).toBe(true);
    expect(isLiveCard(requestDetailsCard(waiting))).toBe(false);
    expect(isLiveCard(requestCard(view([row(1, done)])))).toBe(false);
  });

  it.each([
    ['waiting', [{}, {}]],
    ['running', [{}, active]],
    ['running', [{}, done]],
    ['done', [done, done]],
    ['warning', [done, { state: 'failed' }]],
    ['failed', [{ state: 'failed' }, { state: 'lost' }]],
    ['cancelled', [{ state: 'cancelled' }, { state: 'cancelled' }]],
  ] satisfies [Mark, Partial<Run>[]][])('has the mark %s', (mark, runs) => {
    expect(requestCard(view(runs.map((run, index) => row(index, run)))).mark).toBe(mark);
  });

  it('says why nothing starts', () => {
    const paused = rendered(requestCard(view([row(1), row(2)], { isPaused: true })));
    expect(paused).toContain('The queue is paused');
    const problem = { code: 'queue.lane_blocked', parameters: { lane: 'gpu1/gpu0' } } as const;
    expect(rendered(requestCard(view([row(1)], { problem })))).toContain('gpu1/gpu0 takes no runs');
    const smallLanes = [{ lane: 'gpu1/gpu0' as LaneName, bytes: 24 * 2 ** 30, wantedGb: 28 }];
    const rows = [row(1, { state: 'active' }), row(2)];
    expect(rendered(requestCard(view(rows, { smallLanes })))).toContain(
      'Not on gpu1/gpu0, which is free sooner',
    );
  });

  it('says of a run that nobody follows, that is being stopped, or whose host is silent', () => {
    const cancel = { requestedAt: NOW, by: BEN, byName: 'ben' };
    const lines = rendered(
      requestCard(
        view([
          row(1, active, { unattended: true }),
          row(2, { ...active, cancel }),
          row(3, { ...active, unreachableSince: NOW - MINUTE }),
        ]),
      ),
    );
    expect(lines).toContain('no bot follows it now');
    expect(lines).toContain('stopping');
    expect(lines).toContain('host unreachable since');
  });

  it('has room on every platform, however many runs it has and whatever they are called', () => {
    const long = 'a_prompt_with_a_very_long_name · guidance 12.5 · edge 0.123 · seed 2147483647 '.repeat(2);
    const problem = { code: 'model.failure_signature', parameters: { detail: 'x'.repeat(500) } } as const;
    const rows = Array.from({ length: 50 }, (_, index) =>
      row(index, index % 2 === 0 ? active : { state: 'failed', problem }, { label: long }),
    );
    for (const card of [
      requestCard(view(rows)),
      requestEndCard(
        view(rows.map(({ run, label }) => ({ label, run: { ...run, state: 'failed', problem } }))),
      ),
    ]) {
      expect(cardCharacters(card)).toBeLessThanOrEqual(3_500);
      expectWhole(card);
    }
    expect(rendered(requestCard(view(rows)))).toContain('… and 34 more:');
  });
});

/** Every block of it is shown, as each platform itself checks it. */
function expectWhole(card: Card): void {
  const blockIds = blockIdPrefix({ hash: cardHash(card), key: 'request:rq_8d2k5m1x', nonce: 'n1' });
  const { blocks } = renderOnSlack(card, { blockIds });
  checkMessageBlocks(structuredClone(blocks));
  const body = renderOnDiscord(card, { keyHash: cardHash(card) });
  checkMessage({ ...body });
  const last = card.blocks.at(-1);
  const words = last?.type === 'text' ? last.text.filter((span) => typeof span === 'string').join('') : '';
  expect(JSON.stringify(blocks)).toContain(words.slice(0, 12));
  expect(JSON.stringify(body)).toContain(words.slice(0, 12));
}

describe('the end of a request', () => {
  it('counts what came of it, says each reason once, and calls whoever asked', () => {
    const failed = { state: 'failed', problem: MEMORY, finishedAt: NOW - MINUTE } as const;
    const ended = view([row(1, { ...done, gpuSeconds: 480 }), row(2, failed), row(3, failed)], {
      retryable: 2,
      notify: '@ana',
    });
    expect(rendered(requestEndCard(ended), { width: 110 })).toMatchInlineSnapshot(`
      "
      ▲ rq_8d2k5m1x · 3 runs of rainy_neon_street · 1 of 3 done · 2 failed
        took 19 min · GPU time 8 min · @ana
        2 runs failed: The model gave up with exit code 137. Read the end of the log; retry if the cause is gone.
        (seed 2; seed 3)
        → Retry 2 failed: /cosmos retry rq_8d2k5m1x   Details: /cosmos show rq_8d2k5m1x
      "
    `);
  });

  it('of drafts says how one becomes a full run', () => {
    const draft = { ...done, draft: ['num_steps'] };
    const lines = rendered(requestEndCard(view([row(1, draft), row(2, draft)])));
    expect(lines).toContain('2 drafts of rainy_neon_street');
    expect(lines).toContain('promote rs_00000001');
  });
});
