import { describe, expect, test } from 'vitest';
import { clipCard } from '../../../src/bot/thread-view/clip-card.ts';
import { gpuStatusCard } from '../../../src/bot/thread-view/gpu-status-card.ts';
import type { HostName, LaneName } from '../../../src/core/ids.ts';
import type { GpuFacts } from '../../../src/core/ports/host.ts';
import type { HostStatusView, LaneStatusView } from '../../../src/core/queue/queue-view.ts';
import { MINUTE, NOW } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

import { EMPTY_QUEUE, QUEUE } from './sample-views.ts';

const HOST = 'gpu1' as HostName;
const H100 = { index: '0', uuid: 'GPU-0', name: 'NVIDIA H100 80GB HBM3' };

function lane(name: string, more: Partial<LaneStatusView> = {}): LaneStatusView {
  return { lane: `gpu1/${name}` as LaneName, host: HOST, gpus: [], state: 'idle', ...more };
}

function withGpus(gpus: readonly GpuFacts[]): NonNullable<HostStatusView['facts']> {
  return { answeredAt: NOW, diskFreeBytes: 1.2e12, gpus: { state: 'listed', gpus } };
}

/** A host that was asked 12 s ago, with one idle lane. */
function host(more: Partial<HostStatusView> = {}): HostStatusView {
  return {
    ...{ host: HOST, state: 'reachable', askedAt: NOW - 12_000, isCurrent: true, isLocal: false },
    lanes: [lane('gpu0')],
    ...more,
  };
}

function status(...hosts: readonly HostStatusView[]): string {
  return rendered(gpuStatusCard({ ...EMPTY_QUEUE, hosts }));
}

describe('the status of the hosts', () => {
  test('shows each with its GPUs, and who is next', () => {
    expect(rendered(gpuStatusCard(QUEUE))).toMatchInlineSnapshot(`
      "
      ▲ Status
        gpu1 ● reachable · asked less than a minute ago · 1.2 TB free · Docker 29.1.5
        GPU 0  NVIDIA H100 80GB HBM3  63 of 80 GB in use  97 %  71 °C  612 W
        now  rs_3fq8w1zz  rainy_neon_street  @ana  46 %, 4–6 min left
        gpu2 ○ unreachable since 13:58 (connection refused) · asked 3 min ago
        I keep trying; a run that is there goes on if the machine is up. Check that it is, and
        that it can be reached.
        slack ● connected
        discord ○ connection lost since 14:26 (ECONNRESET). I keep trying; commands and clicks
        there fail until it is back.
        Next:
        1  rs_9d0x2m4k  harbour_dawn  @ben  starts in 4–6 min, takes 9–12 min
        2  rs_9d0x2m4m  夜の港        @ben
        3 more, all done by about 15:40
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('leaves out what a driver does not tell', () => {
    const known = { ...H100, memoryTotalBytes: 80 * 2 ** 30, temperature: 41 };
    expect(status(host({ facts: withGpus([known, { ...H100, index: '1' }]) }))).toMatchInlineSnapshot(`
      "
      Status
        gpu1 ● reachable, idle · asked less than a minute ago · 1.2 TB free
        GPU 0  NVIDIA H100 80GB HBM3  80 GB    41 °C
        GPU 1  NVIDIA H100 80GB HBM3
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('shows what each of several lanes does, and which is free', () => {
    const now = QUEUE.hosts[0]?.lanes[0]?.now;
    const lanes = [lane('gpu0', { state: 'running', ...(now && { now }) }), lane('gpu1')];
    expect(status(host({ lanes }))).toMatchInlineSnapshot(`
      "
      Status
        gpu1 ● reachable · asked less than a minute ago
        gpu0  rs_3fq8w1zz  rainy_neon_street  @ana  46 %, 4–6 min left
        gpu1  free
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('never calls a host idle that does not answer, nor shows how it was', () => {
    const card = status(host({ state: 'unreachable', since: NOW - 3 * MINUTE, facts: withGpus([H100]) }));
    expect(card).toContain('gpu1 ○ unreachable since');
    expect(card).not.toMatch(/idle|H100|free/);
    const now = QUEUE.hosts[0]?.lanes[0]?.now;
    const lanes = [lane('gpu0', { state: 'running', ...(now && { now }) }), lane('gpu1')];
    expect(status(host({ state: 'unreachable', lanes }))).not.toMatch(/idle|free/);
    expect(gpuStatusCard({ ...EMPTY_QUEUE, hosts: [host({ state: 'unreachable' })] }).mark).toBe('warning');
  });

  test('says why a host that answers cannot be used', () => {
    const problem = {
      code: 'engine.host_unsupported',
      parameters: { host: 'gpu1', reason: 'docker_denied' },
    } as const;
    const card = status(host({ problem, since: NOW - 3 * MINUTE }));
    expect(card).toMatch(/gpu1 ○ answers, but cannot be used since \d\d:\d\d/);
    expect(card).toContain('Docker does not let');
    expect(card).not.toContain('idle');
  });

  test.each([
    ['docker_denied', 'docker_command'],
    ['sudo_denied', 'NOPASSWD'],
    ['docker_not_running', 'systemctl enable --now docker'],
    ['auth_failed', 'authorized_keys'],
    ['refused', 'systemctl start ssh'],
    ['fake', 'Check that it is'],
  ])('says what mends %s', (reason, mend) => {
    const code = reason.endsWith('_denied') ? 'engine.host_unsupported' : 'engine.host_unreachable';
    const state = code === 'engine.host_unreachable' ? 'unreachable' : 'reachable';
    expect(status(host({ state, problem: { code, parameters: { host: 'gpu1', reason } } }))).toContain(mend);
  });

  test('promises to keep trying only where a bot does', () => {
    const problem = { code: 'engine.host_unreachable', parameters: { reason: 'refused' } } as const;
    const silent = host({ state: 'unreachable', problem });
    expect(status(silent)).toContain('I keep trying');
    expect(status({ ...silent, lanes: [lane('gpu0', { state: 'undriven' })] })).not.toContain(
      'I keep trying',
    );
  });

  test('tells a wiped host without a run from one whose run is lost', () => {
    const problem = { code: 'engine.host_replaced', parameters: { host: 'gpu1', idle: true } } as const;
    const card = status(host({ problem }));
    expect(card).toContain('gpu1 is not the one that it was');
    expect(card).not.toContain('Run it again');
  });

  test('names missing GPUs and a full disk, with what mends them', () => {
    const facts = { answeredAt: NOW, diskFreeBytes: 1e9, gpus: { state: 'no_tool' } } as const;
    expect(status(host({ facts, lanes: [lane('gpu0', { gpus: ['0'] })] }))).toMatchInlineSnapshot(`
      "
      ▲ Status
        gpu1 ● reachable, idle · asked less than a minute ago · 1 GB free
        Only 1 GB free in the work folder. Free some space, or set work_dir to a larger disk.
        It has no nvidia-smi, yet its lanes name GPUs. Install the driver there (sudo
        ubuntu-drivers install, then restart) until nvidia-smi lists the GPUs.
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('does not say of an old answer that it is so now', () => {
    const old = host({ askedAt: NOW - 180 * MINUTE, isCurrent: false, facts: withGpus([H100]) });
    expect(status({ ...old, lanes: [lane('gpu0', { state: 'undriven' })] })).toMatchInlineSnapshot(`
      "
      Status
        gpu1 ○ was reachable · asked 3 h ago · 1.2 TB free
        GPU 0  NVIDIA H100 80GB HBM3
        No bot is running that would work its queue. Start one with npx cosmos start, or ask the
        host now with npx cosmos host check gpu1.
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('says of a host that was never asked how to ask it', () => {
    const { askedAt: _, ...unasked } = host({ state: 'unknown', isCurrent: false });
    const card = status({ ...unasked, lanes: [lane('gpu0', { state: 'undriven' })] });
    expect(card).toContain('gpu1 ○ not asked yet');
    expect(card).toContain('npx cosmos host check gpu1');
  });

  test('asks nothing of this machine where it has nothing to tell', () => {
    const { askedAt: _, ...here } = host({ isLocal: true });
    expect(status({ ...here, lanes: [lane('cpu', { state: 'undriven' })] })).toMatchInlineSnapshot(`
      "
      Status
        gpu1 ● reachable
        No bot is running that would work its queue. Start one with npx cosmos start.
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('says that a lane is worked by a command that will end', () => {
    const driver = { process: 4711, kind: 'command', since: 0 } as const;
    expect(status(host({ lanes: [lane('cpu', { driver })] }))).toContain('(process 4711)');
    const daemon = { ...driver, kind: 'daemon' } as const;
    expect(status(host({ lanes: [lane('cpu', { driver: daemon })] }))).not.toContain('4711');
  });

  test('says which lane is blocked, and which nobody works', () => {
    const lanes = [lane('gpu0', { state: 'blocked' }), lane('gpu1', { state: 'undriven' })];
    expect(status(host({ lanes }))).toMatchInlineSnapshot(`
      "
      ▲ Status
        gpu1 ● reachable · asked less than a minute ago
        gpu1/gpu1: no bot is running that would work its queue. Start one with npx cosmos start.
        gpu1/gpu0 takes no runs, because it cannot be proved free. Free it on the host; the
        queue goes on by itself.
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('of many hosts fits what a chat takes', () => {
    const facts = withGpus(Array.from({ length: 8 }, (_, index) => ({ ...H100, index: String(index) })));
    const card = gpuStatusCard({ ...EMPTY_QUEUE, hosts: Array.from({ length: 40 }, () => host({ facts })) });
    const clipped = clipCard(card, { maxCardCharacters: 2000, maxButtons: 5 });
    const text = rendered(clipped);
    expect(text.length).toBeLessThan(2_400);
    expect(text).toContain('gpu1 ● reachable');
  });
});

describe('the status of the chats', () => {
  const away = { since: NOW - 4 * MINUTE, detail: 'ECONNRESET' };

  test('tells which are connected, which are not and what becomes of them', () => {
    const chats = [
      { chat: 'chat.slack.studio', state: 'connected', since: NOW },
      { chat: 'chat.slack.lab', state: 'lost', ...away },
      { chat: 'chat.slack.old', state: 'connecting', since: NOW - MINUTE },
      { chat: 'chat.discord', state: 'refused', since: NOW - MINUTE, detail: 'the token was reset' },
      { chat: 'chat.slack.late', state: 'unserved' },
    ] as const;
    expect(rendered(gpuStatusCard({ ...EMPTY_QUEUE, chats }))).toMatchInlineSnapshot(`
      "
      ▲ Status
        slack.studio ● connected
        slack.lab ○ connection lost since 14:26 (ECONNRESET). I keep trying; commands and clicks
        there fail until it is back.
        slack.old ○ is being connected since 14:29
        discord ○ refuses the bot since 14:29 (the token was reset). Once that is mended, start
        the bot again where it does not come back by itself.
        slack.late ○ not connected: no bot is running that serves it
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });

  test.each([
    ['connected', 'none'],
    ['connecting', 'none'],
    ['unserved', 'none'],
    ['lost', 'warning'],
    ['refused', 'warning'],
  ] as const)('is a reason to look where one is %s: %s', (state, mark) => {
    expect(gpuStatusCard({ ...EMPTY_QUEUE, chats: [{ chat: 'chat.slack', state }] }).mark).toBe(mark);
  });
});
