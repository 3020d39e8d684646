import type { PromptInput, Role } from '../prompts/prompt.ts';
import type { Control, ParameterValues, Profile } from './profile.ts';

export interface ActiveControl {
  readonly hint: string;
  readonly control: Control;
  /** Above 0. */
  readonly weight: number;
  /** Role of the file that shows the control; absent where the model computes it. */
  readonly role?: Role;
}

/**
 * The controls that condition a run: those with a weight above 0 that have a file, or that the model computes itself.
 * The others are not written into the spec at all: some models load a network even for the weight 0.
 */
export function activeControls(
  profile: Profile,
  parameters: ParameterValues,
  roles: ReadonlySet<Role>,
): readonly ActiveControl[] {
  return Object.entries(profile.controls).flatMap(([hint, control]): ActiveControl[] => {
    const weight = parameters[control.weight.parameter];
    if (typeof weight !== 'number' || weight <= 0) return [];
    if (control.input !== undefined && roles.has(control.input.role)) {
      return [{ hint, control, weight, role: control.input.role }];
    }
    return control.auto ? [{ hint, control, weight }] : [];
  });
}

/** Names of the parameters that can have a say with these files: without the weights of controls that have none. */
export function usableParameters(profile: Profile, inputs: readonly PromptInput[]): ReadonlySet<string> {
  const all = Object.fromEntries(Object.keys(profile.parameters).map((name) => [name, true]));
  return new Set(Object.keys(usedParameters(profile, inputs, all)));
}

/** The parameters that had a say in a run: without the weights of controls that have no file. */
export function usedParameters(
  profile: Profile,
  inputs: readonly PromptInput[],
  parameters: ParameterValues,
): ParameterValues {
  const roles = new Set(inputs.map(({ role }) => role));
  const isUsable = ({ auto, input }: Control): boolean =>
    auto || (input !== undefined && roles.has(input.role));
  const controls = Object.values(profile.controls);
  const usable = new Set(controls.filter(isUsable).map(({ weight }) => weight.parameter));
  const unused = new Set(controls.map(({ weight }) => weight.parameter).filter((name) => !usable.has(name)));
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !unused.has(name)));
}
