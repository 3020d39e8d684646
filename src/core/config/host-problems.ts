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
  /** `host/lane`, for people. */
  readonly fullName: string;
  readonly gpus: readonly string[];
}

/**
 * What the schema cannot see in one host alone, also of a file that has other mistakes:
 * - `config.duplicate_name`: `where`, `kind` (`host`, `lane`, `model`, `gpu`, `work_dir`), `name`, `other` (where it is
 *   first); a GPU twice in one lane, and two local hosts with one work directory, count as well
 * - `config.lanes_share_gpu`: `where`, `gpu`, `other`, `lanes` (both, as `host/lane`): all local hosts are one machine
 */
export function hostProblems(
  hosts: unknown,
  paths: { readonly directory: string; readonly defaultWorkDirectory: string },
  parameters: ErrorParameters,
): Problem[] {
  const drafts = list(hosts).map((host, index) => readHost(host, `hosts[${index}]`, paths));
  const problems = [
    ...duplicates(
      'host',
      drafts.map(({ name, where }) => ({ name, where: `${where}.name` })),
    ),
    ...duplicates(
      'work_dir',
      drafts
        .filter(({ local }) => local)
        .map(({ workDirectory, where }) => ({ name: workDirectory, where: `${where}.work_dir` })),
    ),
    ...drafts.flatMap(duplicatesWithin),
    ...machinesOf(drafts).flatMap((lanes) => sharedGpus(lanes)),
  ];
  return problems.map((problem) => ({ ...problem, parameters: { ...problem.parameters, ...parameters } }));
}

function duplicatesWithin({ where, lanes, models }: HostDraft): Problem[] {
  return [
    ...duplicates(
      'lane',
      lanes.map((lane) => ({ name: lane.name, where: `${lane.where}.name` })),
    ),
    ...duplicates(
      'model',
      models.map((name, index) => ({ name, where: `${where}.models[${index}]` })),
    ),
    ...lanes.flatMap((lane) =>
      duplicates(
        'gpu',
        lane.gpus.map((name, index) => ({ name, where: `${lane.where}.gpus[${index}]` })),
      ),
    ),
  ];
}

/** The lanes of each machine: all local hosts are one, every other host is one of its own. */
function machinesOf(hosts: readonly HostDraft[]): LaneDraft[][] {
  const local = hosts.filter((host) => host.local).flatMap(({ lanes }) => lanes);
  const others = hosts.filter((host) => !host.local).map(({ lanes }) => [...lanes]);
  return [local, ...others];
}

function sharedGpus(lanes: readonly LaneDraft[]): Problem[] {
  const owners = new Map<string, LaneDraft>();
  const problems: Problem[] = [];
  for (const lane of lanes) {
    for (const gpu of new Set(lane.gpus)) {
      const owner = owners.get(gpu);
      if (owner === undefined) owners.set(gpu, lane);
      else {
        const parameters = { where: `${lane.where}.gpus`, gpu, other: `${owner.where}.gpus` };
        problems.push({
          code: 'config.lanes_share_gpu',
          parameters: { ...parameters, lanes: [owner.fullName, lane.fullName] },
        });
      }
    }
  }
  return problems;
}

function duplicates(
  kind: string,
  entries: readonly { readonly name: unknown; readonly where: string }[],
): Problem[] {
  const first = new Map<string, string>();
  return entries.flatMap(({ name, where }): Problem[] => {
    if (typeof name !== 'string') return [];
    const other = first.get(name);
    if (other !== undefined)
      return [{ code: 'config.duplicate_name', parameters: { where, kind, name, other } }];
    first.set(name, where);
    return [];
  });
}

function readHost(
  host: unknown,
  where: string,
  paths: { readonly directory: string; readonly defaultWorkDirectory: string },
): HostDraft {
  const workDirectory = field(host, 'work_dir');
  const name = field(host, 'name');
  return {
    where,
    name,
    workDirectory:
      typeof workDirectory === 'string'
        ? resolve(paths.directory, workDirectory)
        : paths.defaultWorkDirectory,
    local: isTable(host) && (field(host, 'transport') ?? 'local') === 'local',
    lanes: list(field(host, 'lanes')).map((lane, index) => ({
      where: `${where}.lanes[${index}]`,
      name: field(lane, 'name'),
      fullName: `${String(name)}/${String(field(lane, 'name'))}`,
      gpus: list(field(lane, 'gpus')).map(String),
    })),
    models: list(field(host, 'models')),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, key: string): unknown {
  return isTable(value) ? Reflect.get(value, key) : undefined;
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
