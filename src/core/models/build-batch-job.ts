import { CosmosError } from '../errors.ts';
import type { AttemptPlan, JobFile } from '../ports/host.ts';
import type { Role } from '../prompts/prompt.ts';
import { batchTraits, differences } from './batch-traits.ts';
import { buildJob, completeJob, type JobRequest, refuseIncomplete, usedInputs } from './build-job.ts';
import { type ActiveControl, activeControls } from './controls.ts';
import { DEFAULT_FILE } from './job-flaws.ts';
import { AbsentValue, JobValues, missingValue, type PathStyle } from './job-values.ts';
import type { BatchRule, SpecFile } from './profile.ts';
import {
  Content,
  fileObject,
  jsonLine,
  pathStyle,
  serialise,
  specValue,
  withControl,
} from './render-files.ts';
import { leafPaths, type SpecObject, valueAt, withKey, withoutKey } from './spec-object.ts';

/**
 * The one job of several runs, in this order; of one run alone, the job that it has without others. What an entry of
 * the list does not carry is written once, and the same for all of them: `internal.unexpected` where it is not. Throws
 * what `buildJob` throws.
 */
export function buildBatchJob(runs: readonly [JobRequest, ...JobRequest[]]): AttemptPlan {
  const { batch } = runs[0].profile;
  if (runs.length === 1) return buildJob(runs[0]);
  if (batch === undefined) throw misfit(runs[0], 'no batch');
  refuseMisfits(runs);
  const items = runs.map((request, item): BatchItem => {
    refuseIncomplete(request);
    const numbered = { ...request, item };
    return { request: numbered, values: new JobValues(numbered) };
  });
  const [lead] = items;
  if (lead === undefined) throw misfit(runs[0], 'no runs');
  const entries = items.map((item) => entryOf(batch, item));
  const { profile } = lead.request;
  const files = Object.entries(profile.files).flatMap(([name, file]): JobFile[] => {
    if (name === batch.replaces) return [];
    return [{ path: file.path, content: serialise(file, sharedFile(batch, items, lead, name, file)) }];
  });
  const argv = [...profile.command.argv, ...batch.argv];
  const request = { ...lead.request, profile: { ...profile, command: { ...profile.command, argv } } };
  const list = { path: batch.path, content: listText(batch, entries) };
  return completeJob(request, lead.values, [...files, list], () =>
    items.flatMap((item) => usedInputs(item.request, item.values)),
  );
}

interface BatchItem {
  readonly request: JobRequest;
  readonly values: JobValues;
}

interface Entry {
  readonly key: string;
  readonly object: SpecObject;
}

function refuseMisfits([lead, ...others]: readonly [JobRequest, ...JobRequest[]]): void {
  const traits = batchTraits(lead.profile, lead);
  for (const other of others) {
    const theirs = batchTraits(other.profile, other);
    if (traits === undefined || theirs === undefined) throw misfit(lead, 'one stays alone');
    const names = differences(traits, theirs);
    if (names.length > 0) throw misfit(lead, names.join(', '));
  }
}

function misfit({ profile }: JobRequest, what: string): CosmosError {
  return new CosmosError('internal.unexpected', {
    detail: `${profile.id}: runs that do not fit together: ${what}`,
  });
}

/** What one run has for itself. */
function entryOf(batch: BatchRule, { request, values }: BatchItem): Entry {
  const { profile, parameters } = request;
  const style = pathStyle(request, batch);
  const replaced = batch.replaces === undefined ? undefined : profile.files[batch.replaces];
  let object: SpecObject = {};
  if (batch.whole && batch.replaces !== undefined && replaced !== undefined) {
    // Paths in it are relative to where the list is, not to where the file would have been.
    const file = { ...replaced, path: batch.path, path_base: batch.path_base };
    object = fileObject(request, values, batch.replaces, file);
  }
  object = { ...object, ...new Content(profile, batch, values, style).render() };
  for (const [name, key] of Object.entries(batch.parameters)) {
    const value = parameters[name];
    if (value !== undefined) object = withKey(object, key, specValue(profile.parameters[name], value));
  }
  if (batch.controls !== undefined) {
    for (const active of controlsOf(request)) {
      const block = withControl({}, active, request, values, style);
      for (const path of leafPaths(block)) {
        const value = valueAt(block, path);
        if (value !== undefined) object = withKey(object, `${batch.controls}.${path}`, value);
      }
    }
  }
  return { key: keyOf(batch, request, values, style), object };
}

function keyOf({ key }: BatchRule, { profile }: JobRequest, values: JobValues, style: PathStyle): string {
  if (key === undefined) return '';
  try {
    return String(values.fill(key, style));
  } catch (error) {
    throw error instanceof AbsentValue ? missingValue(error, profile.id) : error;
  }
}

/**
 * A file that all runs have together, as the first would have it alone. Of controls that each entry has for itself it
 * keeps what every one of them overrides: nothing of one run can reach another.
 */
function sharedFile(
  batch: BatchRule,
  items: readonly BatchItem[],
  lead: BatchItem,
  name: string,
  file: SpecFile,
): SpecObject {
  let object = fileObject(lead.request, lead.values, name, file);
  if (batch.controls === undefined) return object;
  const blocks = items.map(({ request, values }) =>
    controlsOf(request)
      .filter(({ control }) => (control.file ?? DEFAULT_FILE) === name)
      .reduce<SpecObject>(
        (all, active) => withControl(all, active, request, values, pathStyle(request, file)),
        {},
      ),
  );
  for (const path of new Set(blocks.flatMap((block) => leafPaths(block)))) {
    const isEverywhere = blocks.every((block) => valueAt(block, path) !== undefined);
    if (!isEverywhere) object = withoutKey(object, path);
  }
  return object;
}

function controlsOf({ profile, parameters, inputs }: JobRequest): readonly ActiveControl[] {
  const roles: ReadonlySet<Role> = new Set(inputs.map(({ role }) => role));
  return activeControls(profile, parameters, roles);
}

function listText({ format }: BatchRule, entries: readonly Entry[]): string {
  switch (format) {
    case 'jsonl':
      // No empty line at the end or between: some models take one for a broken entry.
      return `${entries.map(({ object }) => jsonLine(object)).join('\n')}\n`;
    case 'json':
      return `${JSON.stringify(
        entries.map(({ object }) => object),
        null,
        2,
      )}\n`;
    case 'object':
      return `${JSON.stringify(Object.fromEntries(entries.map(({ key, object }) => [key, object])), null, 2)}\n`;
  }
}
