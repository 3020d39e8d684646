import { resolve } from 'node:path';
import type { ErrorParameters, Problem } from '../errors.ts';

/** What of a host is compared with the others; everything else, and every wrong type, is the schema's business. */
interface HostDraft {
  readonly where: string;
  readonly name: unknown;
  readonly workDirectory: string | undefined;
  readonly local: boolean;
  readonly lanes: readonly LaneDraft[];
  readonly models: readonly unknown[];
}

interface LaneDraft {
  readonly where: string;
  readonly name: unknown;
  readonly gpus: readonly string[];
}

/**
 * What the schema cannot see in one host alone, also of a file that has other mistakes:
 * - `config.duplicate_name`: `where`, `name`, `other` (where it is first): two hosts, two lanes of a host, a model twice,
 *   a GPU twice in a lane, two local hosts with one `work_dir`
 * - `config.lanes_share_gpu`: `where`, `gpu`, `other`: all local hosts are one machine
 */
export function hostProblems(
  hosts: unknown,
  paths: { readonly directory: string; readonly defaultWorkDirectory: string },
  parameters: ErrorParameters,
): Problem[] {
  const drafts = list(hosts).map((host, index) => readHost(host, `hosts[${index}]`, paths));
  const names = new Places('config.duplicate_name', 'name', parameters);
  const workDirectories = new Places('config.duplicate_name', 'name', parameters);
  const localGpus = new Places('config.lanes_share_gpu', 'gpu', parameters);
  const inner = drafts.flatMap((host) => {
    names.add(host.name, `${host.where}.name`);
    if (host.local) workDirectories.add(host.workDirectory, `${host.where}.work_dir`);
    return problemsWithin(host, host.local ? localGpus : undefined, parameters);
  });
  return [names, workDirectories, localGpus].flatMap((places) => places.problems).concat(inner);
}

function problemsWithin(
  host: HostDraft,
  localGpus: Places | undefined,
  parameters: ErrorParameters,
): Problem[] {
  const lanes = new Places('config.duplicate_name', 'name', parameters);
  const models = new Places('config.duplicate_name', 'name', parameters);
  const ownGpus = new Places('config.lanes_share_gpu', 'gpu', parameters);
  const within: Problem[] = [];
  for (const lane of host.lanes) {
    lanes.add(lane.name, `${lane.where}.name`);
    const listed = new Places('config.duplicate_name', 'name', parameters);
    for (const [index, gpu] of lane.gpus.entries()) listed.add(gpu, `${lane.where}.gpus[${index}]`);
    for (const gpu of new Set(lane.gpus)) (localGpus ?? ownGpus).add(gpu, `${lane.where}.gpus`);
    within.push(...listed.problems);
  }
  for (const [index, model] of host.models.entries()) models.add(model, `${host.where}.models[${index}]`);
  return [lanes, models, ownGpus].flatMap((places) => places.problems).concat(within);
}

/** Remembers where each value was seen first, and makes a problem of each later place. */
class Places {
  readonly problems: Problem[] = [];
  readonly #first = new Map<string, string>();
  readonly #code: 'config.duplicate_name' | 'config.lanes_share_gpu';
  readonly #parameter: string;
  readonly #parameters: ErrorParameters;

  constructor(
    code: 'config.duplicate_name' | 'config.lanes_share_gpu',
    parameter: string,
    common: ErrorParameters,
  ) {
    this.#code = code;
    this.#parameter = parameter;
    this.#parameters = common;
  }

  add(value: unknown, where: string): void {
    if (typeof value !== 'string') return;
    const other = this.#first.get(value);
    if (other === undefined) {
      this.#first.set(value, where);
      return;
    }
    this.problems.push({
      code: this.#code,
      parameters: { where, [this.#parameter]: value, other, ...this.#parameters },
    });
  }
}

function readHost(
  host: unknown,
  where: string,
  paths: { readonly directory: string; readonly defaultWorkDirectory: string },
): HostDraft {
  const workDirectory = field(host, 'work_dir');
  return {
    where,
    name: field(host, 'name'),
    workDirectory:
      typeof workDirectory === 'string'
        ? resolve(paths.directory, workDirectory)
        : paths.defaultWorkDirectory,
    local: (field(host, 'transport') ?? 'local') === 'local',
    lanes: list(field(host, 'lanes')).map((lane, index) => ({
      where: `${where}.lanes[${index}]`,
      name: field(lane, 'name'),
      gpus: list(field(lane, 'gpus')).map(String),
    })),
    models: list(field(host, 'models')),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
