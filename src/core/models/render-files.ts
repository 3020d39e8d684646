import { posix } from 'node:path';
import { CosmosError } from '../errors.ts';
import type { JobFile } from '../ports/host.ts';
import type { Role } from '../prompts/prompt.ts';
import type { JobRequest } from './build-job.ts';
import { type ActiveControl, activeControls } from './controls.ts';
import { DEFAULT_FILE } from './job-flaws.ts';
import { AbsentValue, asAbsolute, type JobValues, missingValue, type PathStyle } from './job-values.ts';
import type { Parameter, ParameterValue, Profile, SpecContent, SpecFile } from './profile.ts';
import { parseRegions, regionObjects } from './regions.ts';
import { isList, isObject, type SpecObject, type SpecValue, withKey } from './spec-object.ts';

/** The spec files of a job: their fixed content, then parameters, then the active controls. */
export function renderFiles(request: JobRequest, values: JobValues): readonly JobFile[] {
  return Object.entries(request.profile.files).map(([name, file]) => ({
    path: file.path,
    content: serialise(file, fileObject(request, values, name, file)),
  }));
}

/** An object as it stands in its file. */
export function serialise({ format }: SpecFile, object: SpecObject): string {
  return `${format === 'jsonl' ? jsonLine(object) : JSON.stringify(object, null, 2)}\n`;
}

/** JSON on one line for whoever reads it: Python's `splitlines` ends a line at these, too, which JSON does not escape. */
export function jsonLine(object: SpecObject): string {
  return JSON.stringify(object).replaceAll(
    /[\u0085\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One spec file of a job, as an object. */
export function fileObject(request: JobRequest, values: JobValues, name: string, file: SpecFile): SpecObject {
  const { profile, parameters } = request;
  const style = pathStyle(request, file);
  let object = new Content(profile, file, values, style).render();
  for (const [key, parameter] of Object.entries(profile.parameters)) {
    const { write } = parameter;
    const value = parameters[key];
    if (write?.spec === undefined || (write.file ?? DEFAULT_FILE) !== name || value === undefined) continue;
    object = withKey(object, write.spec, specValue(parameter, value));
  }
  const roles: ReadonlySet<Role> = new Set(request.inputs.map(({ role }) => role));
  for (const active of activeControls(profile, parameters, roles)) {
    if ((active.control.file ?? DEFAULT_FILE) !== name) continue;
    object = withControl(object, active, request, values, style);
  }
  return object;
}

/** A copy with the block of a control. */
export function withControl(
  object: SpecObject,
  { hint, control, weight, role }: ActiveControl,
  { profile, parameters, inputs }: JobRequest,
  values: JobValues,
  style: PathStyle,
): SpecObject {
  const block = control.block ?? hint;
  const weightParameter = profile.parameters[control.weight.parameter];
  let result = withKey(object, `${block}.${control.weight.key}`, specValue(weightParameter, weight));
  for (const [key, name] of Object.entries(control.parameters)) {
    const value = parameters[name];
    if (value !== undefined)
      result = withKey(result, `${block}.${key}`, specValue(profile.parameters[name], value));
  }
  if (role !== undefined && control.input !== undefined) {
    result = withKey(result, `${block}.${control.input.key}`, style(values.inputPath(role)));
  }
  for (const [key, named] of Object.entries(control.files)) {
    if (inputs.some((given) => given.role === named))
      result = withKey(result, `${block}.${key}`, style(values.inputPath(named)));
  }
  return result;
}

/** The value of a parameter as a spec file has it. */
export function specValue(parameter: Parameter | undefined, value: ParameterValue): SpecValue {
  if (parameter?.type === 'regions') {
    const regions = parseRegions('', parameter, String(value));
    return regions.ok ? regionObjects(parameter, regions.value) : [];
  }
  const type = parameter?.write?.json_type;
  if (type === 'string') return String(value);
  if (type !== 'number') return value;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new CosmosError('internal.unexpected', { detail: `"${value}" is not a number` });
}

/** How a file of the job names paths. */
export function pathStyle(
  { profile, paths }: JobRequest,
  file: Pick<SpecFile, 'path' | 'path_base'>,
): PathStyle {
  switch (file.path_base) {
    case 'absolute':
      return asAbsolute;
    case 'cwd':
      return relativeTo(posix.resolve(paths.attempt, profile.command.working_directory));
    case 'spec_dir':
      return relativeTo(posix.dirname(posix.join(paths.attempt, file.path)));
  }
}

function relativeTo(directory: string): PathStyle {
  return (path) => posix.relative(directory, path) || '.';
}

type FixedContent = Pick<SpecFile, 'content' | 'omit_when_empty'>;

/** The fixed part of one file. */
export class Content {
  readonly #profile: Profile;
  readonly #file: FixedContent;
  readonly #values: JobValues;
  readonly #style: PathStyle;

  constructor(profile: Profile, file: FixedContent, values: JobValues, style: PathStyle) {
    this.#profile = profile;
    this.#file = file;
    this.#values = values;
    this.#style = style;
  }

  render(): SpecObject {
    return this.#object(this.#file.content, '');
  }

  #object(template: SpecContent, prefix: string): SpecObject {
    return Object.fromEntries(
      Object.entries(template).flatMap(([key, inner]) => {
        const path = prefix + key;
        const value = this.#value(inner, path);
        return value === undefined ? [] : [[String(this.#values.fill(key, this.#style)), value]];
      }),
    );
  }

  /** Undefined where the key is to be left out. */
  #value(template: SpecValue, path: string): SpecValue | undefined {
    if (typeof template === 'string') return this.#text(template, path);
    if (isObject(template)) return this.#object(template, `${path}.`);
    if (isList(template)) return template.flatMap((inner) => this.#value(inner, path) ?? []);
    return template;
  }

  #text(template: string, path: string): SpecValue | undefined {
    const mayBeEmpty = this.#file.omit_when_empty.includes(path);
    try {
      const value = this.#values.fill(template, this.#style);
      if (value === '' && mayBeEmpty) return undefined;
      if (value === '' && template === '{prompt}') throw new CosmosError('input.text_empty');
      return value;
    } catch (error) {
      if (!(error instanceof AbsentValue)) throw error;
      if (mayBeEmpty) return undefined;
      throw missingValue(error, this.#profile.id);
    }
  }
}
