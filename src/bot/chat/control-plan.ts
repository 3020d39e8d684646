import { isControl } from '../../core/runs/is-control.ts';
import type { Run, RunOutput } from '../../core/runs/run.ts';

/** So many are worth a post each: more would bury the result. */
const MOST_POSTS = 4;

/** Which control videos of a run follow its result. */
export interface ControlPlan {
  /** Their places among the run's outputs, in the order in which they are posted. */
  readonly posted: readonly number[];
  readonly leftOut: readonly RunOutput[];
}

export const NO_CONTROLS: ControlPlan = { posted: [], leftOut: [] };

/** By name, as far as the platform takes them and somebody would look at them. */
export function controlPlan({ outputs }: Run, maxBytes: number): ControlPlan {
  const controls = sortedControls(outputs);
  const posted = controls.filter((each) => (outputs[each]?.bytes ?? 0) <= maxBytes).slice(0, MOST_POSTS);
  const leftOut = controls.filter((each) => !posted.includes(each)).flatMap((each) => outputs[each] ?? []);
  return { posted, leftOut };
}

/** The one after `output`, also where that one turned out to be none of the plan's. */
export function controlAfter({ outputs }: Run, { posted }: ControlPlan, output: number): number | undefined {
  const controls = sortedControls(outputs);
  return controls.slice(controls.indexOf(output) + 1).find((each) => posted.includes(each));
}

function sortedControls(outputs: readonly RunOutput[]): readonly number[] {
  const label = (each: number): string => outputs[each]?.label ?? '';
  return [...outputs.entries()]
    .flatMap(([each, output]) => (isControl(output) ? [each] : []))
    .sort((one, other) => label(one).localeCompare(label(other), 'en') || one - other);
}
