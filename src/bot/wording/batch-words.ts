import type { LeftOut } from '../../core/queue/compose-batch.ts';
import type { BatchPlace, Run } from '../../core/runs/run.ts';
import { explain } from './explain.ts';
import { count } from './numbers.ts';

/** Not a setting of the runs: the model is another one by now. */
const CONFIGURATION = 'profile';
/** Settings that people know under other words than those of the profile. */
const TRAITS: ReadonlyMap<string, string> = new Map([
  ['text', 'the text'],
  ['negative_text', 'the negative text'],
  ['controls', 'which controls it has'],
  [CONFIGURATION, 'the configuration of the model'],
]);

/** Most settings that are named; the others are counted. */
const NAMED = 4;

/** Why a run does not share a load with those before it: `seed differs, which transfer1 takes once for each load`. */
export function apartWords(because: LeftOut, model: string): string {
  switch (because.why) {
    case 'alone':
      return 'runs alone';
    case 'model':
      return 'another model';
    case 'differs':
      return differsWords(because.names, model);
    case 'memory':
      return because.limit === 1
        ? 'is tried alone, after a batch that failed'
        : `at most ${because.limit} together, after memory ran out`;
    case 'full':
      return `${because.limit} together are the most`;
    case 'too_long':
      return 'together they would take too long';
    case 'overtakes':
      return `would pass ${because.run}, which has been passed often enough`;
  }
}

function differsWords(names: readonly string[], model: string): string {
  const what = `${listed(names.map((name) => TRAITS.get(name) ?? name))} ${names.length === 1 ? 'differs' : 'differ'}`;
  return names.includes(CONFIGURATION) ? what : `${what}, which ${model} takes once for each load`;
}

/** Where a run is in its batch: `2nd of 3 at one load of the model`. */
export function batchWords({ place, of, state }: BatchPlace): string {
  const where = `${place} of ${of} at one load of the model`;
  if (state === 'waits') return `${where}, waits for those before it`;
  return state === 'ready' ? `${where}, its part is done` : where;
}

/** Why a waiting run is in the queue again; undefined where it has not been away. */
export function returnedWords({ returned }: Pick<Run, 'returned'>): string | undefined {
  if (returned === undefined) return undefined;
  const { sentence, nextStep } = explain(returned.problem);
  const often = returned.times > 1 ? ` (${count(returned.times, 'time')} so far)` : '';
  return `Back in the queue${often}: ${sentence} ${nextStep}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  const words = more > 0 ? [...shown, count(more, 'other setting')] : shown;
  const last = words.at(-1) ?? 'something';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
