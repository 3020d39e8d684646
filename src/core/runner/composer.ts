import type { RunId } from '../ids.ts';
import { batchRules } from '../queue/batch-rules.ts';
import { composeBatch } from '../queue/compose-batch.ts';
import { LOOKED_AT } from '../queue/together.ts';
import type { Composition } from '../store/claims.ts';
import type { LaneContext } from './lane-context.ts';

/** What a lane takes with the head of the queue; asked within the claim, so that nobody else takes it. */
export function composer(context: LaneContext): (head: RunId) => Composition {
  return (id) => {
    const alone = { runs: [id], overtaken: [] };
    const { store, profiles, batch: limits, models, ownProfiles } = context;
    const head = limits === undefined ? undefined : store.runs.get(id);
    if (limits === undefined || head === undefined) return alone;
    const rules = batchRules({ store, profiles, limits, ownProfiles });
    if (rules.profileOf(head)?.profile.batch === undefined) return alone;
    const { runs, overtaken } = composeBatch(
      head,
      store.runs.queuedFor(models(), LOOKED_AT),
      rules,
      idleLanes(context, head.profileId),
    );
    return { runs: runs.map((run) => run.id), overtaken };
  };
}

/** Further lanes that could take a run of that model now: half of a batch begins earlier there than the whole here. */
function idleLanes({ store, otherLanes = [] }: LaneContext, model: string): number {
  return otherLanes.filter(({ lane, models }) => {
    if (store.attempts.open(lane) !== undefined) return false;
    const { blocked, driver } = store.lanes.get(lane);
    return driver !== undefined && blocked === undefined && models().includes(model);
  }).length;
}
