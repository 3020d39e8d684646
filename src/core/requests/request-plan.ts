import type { ParameterValue } from '../models/profile.ts';
import type { ModelTask } from '../models/tasks.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { CheckedOrder, RerunOrder, RunChange, RunOrder } from '../runs/run-service.ts';
import { PROMPT_VARIES } from './request.ts';
import type { GivenParameters } from './spread.ts';

/** What somebody asks for in one go: each prompt with each combination of the lists among the parameters. */
export interface RequestOrder {
  readonly prompts: readonly [Prompt, ...Prompt[]];
  /** The first model that takes the prompt where absent. */
  readonly model?: string;
  /** As typed, lists and ranges among them (`1..8`, `0.2,0.5`), or as values. */
  readonly parameters: GivenParameters;
  readonly draft?: boolean;
  /** What the model shall do; `generate` where absent. */
  readonly task?: ModelTask;
  /** The run that all of them come from, which is run again. */
  readonly parent?: NonNullable<Run['parent']>;
  /** Where there is a `parent`: what was asked to be different of it. Of `parameters`, only these hold lists. */
  readonly change?: RunChange;
}

/** A run that is run again, once for each value of the lists that were asked for. */
export function requestOf({ prompt, ...order }: RerunOrder): RequestOrder {
  return { ...order, prompts: [prompt] };
}

/** One run of it, checked. */
export interface PlannedRun extends CheckedOrder {
  readonly order: RunOrder;
  readonly parent?: NonNullable<Run['parent']>;
  /** Expected time on a lane, ms; absent where nothing tells. */
  readonly expected?: TimeRange;
}

/** All that would be queued. */
export interface RequestPlan {
  readonly runs: readonly [PlannedRun, ...PlannedRun[]];
  /** What differs between them: parameters, `PROMPT_VARIES`. */
  readonly varied: readonly string[];
  /** Of all runs together, ms; absent where one of them cannot be estimated. */
  readonly expected?: TimeRange;
  /** So many that whoever asks for them has to say yes. */
  readonly needsConfirmation: boolean;
}

/** One thing that tells a run from the others of its request. */
export type Difference =
  | { readonly name: typeof PROMPT_VARIES; readonly prompt: string }
  | { readonly name: string; readonly value: ParameterValue };

/** What of `varied` a run has; a parameter that its model does not have is left out. */
export function differences(
  varied: readonly string[],
  { promptName, parameters }: Pick<Run, 'promptName' | 'parameters'>,
): readonly Difference[] {
  return varied.flatMap((name): Difference[] => {
    if (name === PROMPT_VARIES) return [{ name, prompt: promptName }];
    const value = parameters[name];
    return value === undefined ? [] : [{ name, value }];
  });
}

/** All together; undefined where one is. */
export function sumOfRanges(ranges: readonly (TimeRange | undefined)[]): TimeRange | undefined {
  let sum: TimeRange = { low: 0, high: 0 };
  for (const range of ranges) {
    if (range === undefined) return undefined;
    sum = { low: sum.low + range.low, high: sum.high + range.high };
  }
  return sum;
}
