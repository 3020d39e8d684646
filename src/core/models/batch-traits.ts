import type { PromptInput, Role } from '../prompts/prompt.ts';
import { looksLikeMarker } from './batch-markers.ts';
import { activeControls } from './controls.ts';
import { contentTexts, DEFAULT_FILE, jobTexts } from './job-flaws.ts';
import { INPUT_PREFIX, placeholderNames } from './placeholders.ts';
import type { BatchRule, ParameterValues, Profile } from './profile.ts';
import { holds } from './rules.ts';

/** What of a run decides with which others it shares a load of the model. */
export interface BatchMember {
  readonly text: string;
  readonly negativeText: string;
  readonly inputs: readonly PromptInput[];
  readonly parameters: ParameterValues;
}

/** What may differ between the runs of a batch: what an entry of its list carries. */
export interface PerItem {
  readonly text: boolean;
  readonly negativeText: boolean;
  readonly parameters: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** What the entries of a profile's batch carry, by what the profile writes into them. */
export function perItem(profile: Profile, batch: BatchRule): PerItem {
  const names = new Set(entryTexts(profile, batch).flatMap((text) => placeholderNames(text)));
  const controls = batchedControls(profile, batch);
  const written = Object.entries(profile.parameters)
    .filter(
      ([, { write }]) =>
        batch.whole && write?.spec !== undefined && (write.file ?? DEFAULT_FILE) === batch.replaces,
    )
    .map(([name]) => name);
  const parameters = [
    ...[...names].filter((name) => Object.hasOwn(profile.parameters, name)),
    ...Object.keys(batch.parameters),
    ...written,
    ...controls.flatMap((control) => [control.weight.parameter, ...Object.values(control.parameters)]),
  ];
  const roles = [
    ...[...names].flatMap((name) => roleOf(name) ?? []),
    ...controls.flatMap((control) => [
      ...(control.input === undefined ? [] : [control.input.role]),
      ...Object.values(control.files),
    ]),
  ];
  return {
    text: names.has('prompt'),
    negativeText: names.has('negative_prompt'),
    parameters: new Set(parameters),
    roles: new Set(roles),
  };
}

/**
 * All that has to be the same for two runs of a profile to share a load, by name: everything but what each entry of the
 * list carries. Undefined for a run that shares none: the profile has no batch, rules it out, or needs what it lacks; or a
 * text of it could be taken for a line that says where a run begins or ends.
 */
export function batchTraits(profile: Profile, member: BatchMember): ReadonlyMap<string, string> | undefined {
  const { batch } = profile;
  if (batch === undefined) return undefined;
  const { text, negativeText, inputs, parameters } = member;
  const roles: ReadonlySet<Role> = new Set(inputs.map(({ role }) => role));
  if (batch.unless.some((conditions) => holds({ profile, parameters, roles }, conditions))) return undefined;
  if (lacks(profile, batch, member) || looksLikeMarker(batch, member)) return undefined;
  const own = perItem(profile, batch);
  const traits = new Map<string, string>();
  if (!own.text) traits.set('text', text);
  if (!own.negativeText) traits.set('negative_text', negativeText);
  for (const name of Object.keys(profile.parameters)) {
    const value = parameters[name];
    if (!own.parameters.has(name) && value !== undefined) traits.set(name, JSON.stringify(value));
  }
  for (const { role, asset } of inputs) {
    if (Object.hasOwn(profile.inputs, role) && !own.roles.has(role)) traits.set(role, asset.sha256);
  }
  for (const [name, fact] of sharedFacts(profile, batch, inputs)) traits.set(name, fact);
  if (batch.same_controls && Object.keys(profile.controls).length > 0) {
    const hints = activeControls(profile, parameters, roles).map(({ hint }) => hint);
    traits.set('controls', hints.join(' '));
  }
  return traits;
}

/** Names of what differs, each once; empty where two runs fit together. */
export function differences(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}

/** The controls whose blocks stand in each entry. */
function batchedControls(profile: Profile, batch: BatchRule): readonly Profile['controls'][string][] {
  const all = Object.values(profile.controls);
  if (batch.controls !== undefined) return all;
  return batch.whole ? all.filter(({ file }) => (file ?? DEFAULT_FILE) === batch.replaces) : [];
}

function entryTexts(profile: Profile, batch: BatchRule): readonly string[] {
  const replaced = batch.replaces === undefined ? undefined : profile.files[batch.replaces];
  return [
    ...contentTexts([], batch.content).map(({ text }) => text),
    ...(batch.key === undefined ? [] : [batch.key]),
    ...(batch.whole && replaced !== undefined
      ? contentTexts([], replaced.content).map(({ text }) => text)
      : []),
  ];
}

/** An entry cannot be written without what its text names, unless its key may be left out. */
function lacks(profile: Profile, batch: BatchRule, { inputs, parameters }: BatchMember): boolean {
  return contentTexts([], batch.content).some(({ path, text }) => {
    const key = path.filter((part) => typeof part === 'string').join('.');
    if (batch.omit_when_empty.includes(key)) return false;
    return placeholderNames(text).some((name) => {
      const role = roleOf(name);
      if (role !== undefined) return !inputs.some((input) => input.role === role);
      return Object.hasOwn(profile.parameters, name) && parameters[name] === undefined;
    });
  });
}

/** Facts of files that stand where all runs of a batch have one value. */
function sharedFacts(
  profile: Profile,
  batch: BatchRule,
  inputs: readonly PromptInput[],
): readonly (readonly [name: string, fact: string])[] {
  const shared = jobTexts(profile).filter(
    ({ path: [section, file] }) => section !== 'files' || file !== batch.replaces,
  );
  const names = new Set(shared.flatMap(({ text }) => placeholderNames(text)));
  return [...names].flatMap((name) => {
    const [, role, wanted] = name.split('.');
    if (roleOf(name) === undefined || wanted === undefined) return [];
    const facts: Readonly<Record<string, unknown>> = {
      ...inputs.find((input) => input.role === role)?.asset.facts,
    };
    return [[`${role}.${wanted}`, String(facts[wanted])]];
  });
}

function roleOf(placeholder: string): string | undefined {
  return placeholder.startsWith(INPUT_PREFIX) ? placeholder.split('.')[1] : undefined;
}
