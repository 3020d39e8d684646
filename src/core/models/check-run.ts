import type { Checked, Problem } from '../errors.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import { aspectsOf } from './aspects.ts';
import { checkInputs } from './check-inputs.ts';
import { activeControls } from './controls.ts';
import { checkParameters, weightParameters } from './parameters.ts';
import type { ParameterValues, Profile } from './profile.ts';

/**
 * Everything that can be known before a run is queued: `checkInputs`, `checkParameters`, and what only both together
 * tell: a weight that somebody raised for a control whose file is missing (`input.role_missing` {role, model,
 * parameter}), and no control left to condition on (`input.weights_all_zero` {model, parameters}).
 */
export function checkRun(
  profile: Profile,
  inputs: readonly PromptInput[],
  given: Readonly<Record<string, unknown>>,
): Checked<ParameterValues> {
  const checkedInputs = checkInputs(profile, inputs);
  const roles = new Set(inputs.map(({ role }) => role));
  const checked = checkParameters(profile, { ...aspectsOf(profile, inputs), ...withoutUnset(given) }, roles);
  const [first, ...rest]: readonly Problem[] = [
    ...(checkedInputs.ok ? [] : checkedInputs.problems),
    ...(checked.ok ? controlProblems(profile, inputs, checked.value) : checked.problems),
  ];
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return checked;
}

function withoutUnset(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function controlProblems(
  profile: Profile,
  inputs: readonly PromptInput[],
  parameters: ParameterValues,
): readonly Problem[] {
  const controls = Object.values(profile.controls);
  const roles = new Set(inputs.map(({ role }) => role));
  const missing = controls.flatMap(({ input, auto, weight }): Problem[] => {
    if (auto || input === undefined || roles.has(input.role)) return [];
    const value = parameters[weight.parameter];
    // The default is meant for whoever brings the file; only a weight of somebody's own asks for it.
    if (value === 0 || value === profile.parameters[weight.parameter]?.default) return [];
    const details = { role: input.role, model: profile.id, parameter: weight.parameter };
    return [{ code: 'input.role_missing', parameters: details }];
  });
  if (missing.length > 0 || controls.length === 0) return missing;
  if (activeControls(profile, parameters, roles).length > 0) return [];
  return [
    {
      code: 'input.weights_all_zero',
      parameters: { model: profile.id, parameters: weightParameters(profile) },
    },
  ];
}
