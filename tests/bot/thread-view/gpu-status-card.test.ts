import { describe, expect, test } from 'vitest';
import { gpuStatusCard } from '../../../src/bot/thread-view/gpu-status-card.ts';
import type { HostName, LaneName } from '../../../src/core/ids.ts';
import { rendered } from '../terminal/rendered.ts';

import { EMPTY_QUEUE, QUEUE } from './sample-views.ts';

describe('the status of the hosts', () => {
  test('shows each with its GPUs, and who is next', () => {
    expect(rendered(gpuStatusCard(QUEUE))).toMatchInlineSnapshot(`
      "
      ▲ Status
        gpu1 ● reachable
        GPU 0 H100 80 GB · 63 of 80 GB in use · 97 % · 71 °C
        now  rs_3fq8w1zz  rainy_neon_street  @ana  46 %, 4–6 min left
        gpu2 ○ unreachable since 13:58 (connection refused)
        I keep trying; a run that is there goes on if the machine is up. Check that it is, and
        that it can be reached.
        Next:
        1  rs_9d0x2m4k  harbour_dawn  @ben  starts in 4–6 min, takes 9–12 min
        2  rs_9d0x2m4m  夜の港        @ben
        3 more, all done by about 15:40
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('says that a lane is worked by a command that will end', () => {
    const driver = { process: 4711, kind: 'command', since: 0 } as const;
    const lane = { lane: 'here/cpu' as LaneName, host: 'here' as HostName, state: 'idle', driver } as const;
    const host = { host: 'here' as HostName, state: 'reachable', gpus: [], lanes: [lane] } as const;
    expect(rendered(gpuStatusCard({ ...EMPTY_QUEUE, hosts: [host] }))).toContain('(process 4711)');
    const daemon = { ...host, lanes: [{ ...lane, driver: { ...driver, kind: 'daemon' as const } }] };
    expect(rendered(gpuStatusCard({ ...EMPTY_QUEUE, hosts: [daemon] }))).not.toContain('4711');
  });

  test('says that a lane is blocked or that nobody works it', () => {
    const lane = { lane: 'here/cpu' as LaneName, host: 'here' as HostName };
    const host = { host: 'here' as HostName, state: 'reachable', gpus: [] } as const;
    const blocked = { ...host, lanes: [{ ...lane, state: 'blocked' as const }] };
    const undriven = { ...host, lanes: [{ ...lane, state: 'undriven' as const }] };
    expect(rendered(gpuStatusCard({ ...EMPTY_QUEUE, hosts: [blocked, undriven] }))).toMatchInlineSnapshot(`
      "
      ▲ Status
        here ● reachable
        here/cpu takes no runs, because it cannot be proved free. Free it on the host; the queue
        goes on by itself.
        here ● reachable
        here/cpu: no bot is running that would work its queue. Start one with npx cosmos start.
        Nothing waits.
        → Pause: /cosmos queue pause
      "
    `);
  });
});
