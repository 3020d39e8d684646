import { posix } from 'node:path';
import { CosmosError } from '../errors.ts';
import { type PromptInput, ROLES, type Role } from '../prompts/prompt.ts';
import type { JobRequest } from './build-job.ts';
import { fillIn, INPUT_FACTS, INPUT_PREFIX, JSON_PREFIX, wholePlaceholder } from './placeholders.ts';
import type { ParameterValue } from './profile.ts';

/** How a path is written: absolute, or relative to something. */
export type PathStyle = (absolute: string) => string;

export const asAbsolute: PathStyle = (path) => path;

/** Thrown inside a template where an optional value is absent; the key that holds the template decides. */
export class AbsentValue extends Error {
  readonly placeholder: string;

  constructor(placeholder: string) {
    super(`{${placeholder}} has no value`);
    this.placeholder = placeholder;
  }
}

/** What the placeholders of one job stand for; remembers which inputs were asked for. */
export class JobValues {
  readonly usedRoles: Set<Role> = new Set();
  readonly #request: JobRequest;

  constructor(request: JobRequest) {
    this.#request = request;
  }

  /** The template with its values; one that is a parameter and nothing else keeps the parameter's type. */
  fill(template: string, style: PathStyle): ParameterValue {
    const whole = wholePlaceholder(template);
    if (whole !== undefined) return this.#value(whole, style);
    return fillIn(template, (name) => String(this.#value(name, style)));
  }

  /** Path of the input of a role, as the job sees it. */
  inputPath(role: Role): string {
    const input = this.#request.inputs.find((given) => given.role === role);
    if (input === undefined) throw new AbsentValue(INPUT_PREFIX + role);
    this.usedRoles.add(role);
    return posix.join(this.#request.paths.input, inputFileName(input, this.#request.item));
  }

  #value(name: string, style: PathStyle): ParameterValue {
    const { profile, paths, parameters, gpus, item } = this.#request;
    switch (name) {
      case 'attempt':
        return style(paths.attempt);
      case 'attempt_id':
        return this.#request.attempt;
      case 'input':
        return style(paths.input);
      case 'output':
        return style(paths.output);
      case 'prompt':
        return this.#request.text;
      case 'negative_prompt':
        return this.#request.negativeText;
      case 'gpus':
        return gpus.join(',');
      case 'gpu_count':
        return gpus.length;
    }
    if (name === 'index' && item !== undefined) return item;
    const list = item === undefined ? undefined : profile.batch;
    if (list !== undefined && (name === 'items' || name === list.replaces)) {
      return style(posix.join(paths.attempt, list.path));
    }
    if (name.startsWith(JSON_PREFIX)) {
      return JSON.stringify(String(this.#value(name.slice(JSON_PREFIX.length), style)));
    }
    const role = Object.keys(ROLES).find((known): known is Role => name === INPUT_PREFIX + known);
    if (role !== undefined) return style(this.inputPath(role));
    if (name.startsWith(INPUT_PREFIX)) return this.#inputFact(name);
    const file = profile.files[name];
    if (file !== undefined) return style(posix.join(paths.attempt, file.path));
    const value = parameters[name];
    if (value === undefined) throw new AbsentValue(name);
    return value;
  }

  /** A file of another kind has no such fact. */
  #inputFact(name: string): ParameterValue {
    const [, given, wanted] = name.split('.');
    const facts = this.#request.inputs.find(({ role }) => role === given)?.asset.facts;
    const known: Readonly<Record<string, unknown>> = { ...facts };
    const value = INPUT_FACTS.some((fact) => fact === wanted) ? known[wanted ?? ''] : undefined;
    if (typeof value !== 'number') throw new AbsentValue(name);
    return value;
  }
}

/** The error of a value that is absent where the job cannot do without it. */
export function missingValue(absent: AbsentValue, model: string): CosmosError {
  const { placeholder } = absent;
  return placeholder.startsWith(INPUT_PREFIX)
    ? new CosmosError('input.role_missing', { role: placeholder.slice(INPUT_PREFIX.length), model })
    : new CosmosError('internal.unexpected', { detail: `${model}: ${absent.message}` });
}

/**
 * `color.mp4`, or `2-color.mp4` of the third run of a batch: named by us; of the person's file name only a plain
 * extension is kept.
 */
export function inputFileName({ role, asset }: PromptInput, item?: number): string {
  const name = item === undefined ? role : `${item}-${role}`;
  return /^[a-z0-9]{1,10}$/.test(asset.extension) ? `${name}.${asset.extension}` : name;
}
