import { nearest } from '../nearest.ts';
import { ROLES } from '../prompts/prompt.ts';
import { aspectOf } from './aspects.ts';
import { batchFlaws } from './batch-flaws.ts';
import { checkValue } from './check-value.ts';
import { inputFlaws } from './input-flaws.ts';
import { jobFlaws } from './job-flaws.ts';
import { logFlaws } from './log-flaws.ts';
import type { Control, Parameter, Profile } from './profile.ts';
import { ruleFlaws } from './rule-flaws.ts';

/** What is wrong between the keys of a profile, where each key by itself is right. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The known name nearest to a wrong one. */
  readonly nearest?: string;
}

/** All that the types alone cannot tell: names that point nowhere, values that never reach the job, and the like. */
export function profileFlaws(profile: Profile): readonly Flaw[] {
  return [
    ...Object.entries(profile.parameters).flatMap(([name, parameter]) => parameterFlaws(name, parameter)),
    ...Object.entries(profile.controls).flatMap(([hint, control]) => controlFlaws(profile, hint, control)),
    ...draftFlaws(profile),
    ...mediaFlaws(profile),
    ...inputFlaws(profile),
    ...jobFlaws(profile),
    ...logFlaws(profile),
    ...ruleFlaws(profile),
    ...batchFlaws(profile),
  ];
}

/** A flaw of a name that is not one of `known`. */
export function unknownName(
  path: readonly (string | number)[],
  kind: string,
  name: string,
  known: Iterable<string>,
): Flaw {
  const near = nearest(name, known);
  return { path, message: `there is no ${kind} "${name}"`, ...(near === undefined ? {} : { nearest: near }) };
}

function parameterFlaws(name: string, parameter: Parameter): Flaw[] {
  const path = ['parameters', name];
  const flaws: Flaw[] = [];
  if ('minimum' in parameter || 'maximum' in parameter) {
    const { minimum = -Infinity, maximum = Infinity } = parameter;
    if (minimum > maximum) flaws.push({ path, message: 'minimum is above maximum' });
  }
  if (parameter.default !== undefined && !checkValue(name, parameter, parameter.default).ok) {
    flaws.push({ path: [...path, 'default'], message: 'is not a value that the parameter itself allows' });
  }
  return [...flaws, ...aspectFlaws(path, parameter), ...writeFlaws([...path, 'write'], parameter)];
}

function aspectFlaws(path: readonly string[], parameter: Parameter): Flaw[] {
  if (parameter.type !== 'choice' || parameter.nearest_aspect_of === undefined) return [];
  const strange = parameter.choices.find((choice) => aspectOf(choice) === undefined);
  if (strange === undefined) return [];
  return [{ path: [...path, 'choices'], message: `"${strange}" is no aspect ratio, such as "16,9"` }];
}

function writeFlaws(path: readonly string[], { type, write }: Parameter): Flaw[] {
  if (write === undefined) return [];
  const targets = [write.spec, write.flag, write.environment].filter((target) => target !== undefined);
  const flaws: Flaw[] = [];
  if (targets.length !== 1) flaws.push({ path, message: 'needs exactly one of spec, flag, environment' });
  if (write.flag === undefined && write.style !== undefined) {
    flaws.push({ path, message: 'style belongs to a flag' });
  }
  if (write.spec === undefined && (write.file !== undefined || write.json_type !== undefined)) {
    flaws.push({ path, message: 'file and json_type belong to spec' });
  }
  if (write.style === 'switch' && type !== 'boolean') {
    flaws.push({ path, message: 'only a boolean can be a switch' });
  }
  return flaws;
}

function controlFlaws(profile: Profile, hint: string, control: Control): Flaw[] {
  const path = ['controls', hint];
  const flaws: Flaw[] = [];
  const parameters = Object.keys(profile.parameters);
  const weight = profile.parameters[control.weight.parameter];
  if (weight === undefined) {
    flaws.push(
      unknownName([...path, 'weight', 'parameter'], 'parameter', control.weight.parameter, parameters),
    );
  } else if (weight.type !== 'number' || weight.minimum !== 0 || weight.default === undefined) {
    const message = 'a weight is a number with minimum = 0 and a default';
    flaws.push({ path: ['parameters', control.weight.parameter], message });
  }
  for (const [key, name] of Object.entries(control.parameters)) {
    if (!parameters.includes(name))
      flaws.push(unknownName([...path, 'parameters', key], 'parameter', name, parameters));
  }
  const roles: readonly string[] = Object.keys(profile.inputs);
  for (const [key, role] of Object.entries(control.files)) {
    if (!roles.includes(role)) flaws.push(unknownName([...path, 'files', key], 'input', role, roles));
  }
  if (control.input !== undefined && !roles.includes(control.input.role)) {
    flaws.push(unknownName([...path, 'input', 'role'], 'input', control.input.role, roles));
  }
  if (control.input === undefined && !control.auto) {
    flaws.push({ path, message: 'needs an input, or auto = true' });
  }
  return flaws;
}

function draftFlaws({ draft, parameters }: Profile): Flaw[] {
  return Object.entries(draft?.parameters ?? {}).flatMap(([name, value]): Flaw[] => {
    const path = ['draft', 'parameters', name];
    const parameter = parameters[name];
    if (parameter === undefined) return [unknownName(path, 'parameter', name, Object.keys(parameters))];
    if (checkValue(name, parameter, value).ok) return [];
    return [{ path, message: 'is not a value that the parameter itself allows' }];
  });
}

function mediaFlaws(profile: Profile): Flaw[] {
  const { media } = profile;
  const flaws: Flaw[] = madeFlaws(profile);
  if (media.max_frames !== undefined && media.max_frames < media.min_frames) {
    flaws.push({ path: ['media', 'max_frames'], message: 'is below min_frames' });
  }
  if (media.chunk !== undefined && media.chunk.overlap >= media.chunk.length) {
    flaws.push({ path: ['media', 'chunk', 'overlap'], message: 'must be below length' });
  }
  return flaws;
}

function madeFlaws({ media: { made }, parameters, inputs }: Profile): Flaw[] {
  if (made === undefined) return [];
  const flaws = (['frames', 'width', 'height'] as const).flatMap((key): Flaw[] => {
    const path = ['media', 'made', key];
    const parameter = parameters[made[key]];
    if (parameter === undefined) return [unknownName(path, 'parameter', made[key], Object.keys(parameters))];
    const isCount =
      parameter.type === 'integer' ||
      (parameter.type === 'choice' && parameter.choices.every((choice) => /^[1-9]\d*$/.test(choice)));
    return isCount ? [] : [{ path, message: 'must be a parameter of whole numbers' }];
  });
  const { ends_with: sound } = made;
  const path = ['media', 'made', 'ends_with'];
  if (sound === undefined) return flaws;
  if (inputs[sound] === undefined) return [...flaws, unknownName(path, 'input', sound, Object.keys(inputs))];
  return ROLES[sound] === 'audio' ? flaws : [...flaws, { path, message: 'must be a sound' }];
}
