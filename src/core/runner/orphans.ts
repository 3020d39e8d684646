import type { Logger } from 'pino';
import type { LaneName } from '../ids.ts';
import type { Store } from '../store/store.ts';

/**
 * Active runs of lanes that are not configured any more: nobody can look at them until the lane is back, so they say
 * what they wait for. A lane that is back takes that away with its first step.
 */
export function tellOrphans(
  { store, logger }: { store: Store; logger: Logger },
  configured: ReadonlySet<LaneName>,
): void {
  for (const { id, lane, problem } of store.runs.active()) {
    if (lane === undefined || configured.has(lane)) continue;
    logger.error({ run: id, lane }, 'a run is on a lane that is not configured');
    if (problem?.code === 'queue.lane_gone') continue;
    const gone = { code: 'queue.lane_gone', parameters: { lane } } as const;
    store.write(() => {
      store.runs.setHoldUp(id, gone);
      store.events.append({ type: 'run.held_up', payload: { problem: gone } }, { run: id });
    });
  }
}
