import { onStep } from '../../core/models/check-value.ts';
import { usableParameters } from '../../core/models/controls.ts';
import type { Parameter, ParameterValue, ParameterValues, Profile } from '../../core/models/profile.ts';
import type { PromptInput } from '../../core/prompts/prompt.ts';
import { hasSeed } from '../../core/runs/new-seed.ts';
import { parameterValues } from './parameter-words.ts';
import type { TuneView } from './views.ts';

/** The parameters of a model that have a say with these files, with what they are now. */
export function tuneView(
  profile: Profile,
  inputs: readonly PromptInput[],
  now: ParameterValues,
  { id, title }: Pick<TuneView, 'id' | 'title'>,
): TuneView {
  const usable = usableParameters(profile, inputs);
  const parameters = Object.entries(profile.parameters).filter(([name]) => usable.has(name));
  return {
    id,
    title,
    isRun: id.startsWith('rs_'),
    model: profile.id,
    hasSeed: hasSeed(profile),
    parameters: parameters.map(([name, parameter]) => {
      const value = now[name];
      return {
        name,
        values: parameterValues(parameter),
        essential: parameter.essential,
        help: parameter.help ?? parameter.title,
        other: otherValue(parameter, value),
        ...(value !== undefined && { now: value }),
      };
    }),
  };
}

/** A value within the bounds that is not `now`. */
function otherValue(parameter: Parameter, now: ParameterValue | undefined): string {
  switch (parameter.type) {
    case 'boolean':
      return String(now !== true);
    case 'choice':
      return parameter.choices.find((choice) => choice !== now) ?? '';
    case 'string':
      return 'TEXT';
    case 'regions':
      return '"0,0,0.5,1: TEXT"';
    case 'number':
    case 'integer': {
      const { minimum = 0, maximum = minimum + 1 } = parameter;
      const middle = (minimum + maximum) / 2;
      const candidates = parameter.type === 'integer' ? [Math.floor(middle), maximum] : [middle, maximum];
      return String(
        candidates.map((value) => onStep(parameter, value)).find((value) => value !== now) ?? minimum,
      );
    }
  }
}
