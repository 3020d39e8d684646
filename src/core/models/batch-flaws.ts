import { placeOf } from './batch-outputs.ts';
import { perItem } from './batch-traits.ts';
import { contentTexts, DEFAULT_FILE, jobTexts, placeholders } from './job-flaws.ts';
import { placeholderNames, WORD_LISTS } from './placeholders.ts';
import type { BatchRule, Profile } from './profile.ts';
import { type Flaw, unknownName } from './profile-flaws.ts';
import { leafPaths } from './spec-object.ts';

type Path = readonly (string | number)[];

/** Names that only a batch has. */
const OWN_NAMES = ['index', 'items'] as const;

/** Flaws of how runs are put together: names that point nowhere, and values of one run that would reach another. */
export function batchFlaws(profile: Profile): readonly Flaw[] {
  const { batch } = profile;
  if (batch === undefined) return [];
  return [
    ...nameFlaws(profile),
    ...placeholderFlaws(profile, batch),
    ...fileFlaws(profile, batch),
    ...carriedFlaws(profile, batch),
    ...outputFlaws(profile, batch),
  ];
}

function nameFlaws(profile: Profile): Flaw[] {
  return (['files', 'parameters'] as const).flatMap((section) =>
    OWN_NAMES.filter((name) => Object.hasOwn(profile[section], name)).map((name) => ({
      path: [section, name],
      message: 'is the name of a placeholder of batches',
    })),
  );
}

function placeholderFlaws(profile: Profile, batch: BatchRule): Flaw[] {
  const known = placeholders(profile);
  const inEntries = new Set([...known, 'index', 'items']);
  const texts: readonly { path: Path; text: string; allowed: ReadonlySet<string> }[] = [
    ...contentTexts(['batch', 'content'], batch.content).map((each) => ({ ...each, allowed: inEntries })),
    ...(batch.key === undefined ? [] : [{ path: ['batch', 'key'], text: batch.key, allowed: inEntries }]),
    ...batch.argv.map((text, index) => ({
      path: ['batch', 'argv', index],
      text,
      allowed: new Set([...known, 'items']),
    })),
    ...[...Object.entries(batch.outputs), ['folder', batch.folder ?? ''] as const].map(([label, text]) => ({
      path: label === 'folder' ? ['batch', 'folder'] : ['batch', 'outputs', label],
      text,
      allowed: new Set(['index']),
    })),
  ];
  return texts.flatMap(({ path, text, allowed }) =>
    placeholderNames(text).flatMap((name) => {
      if (!allowed.has(name)) return [unknownName(path, 'placeholder', name, allowed)];
      const message = `{${name}} stands for several words: it can only be a word of command.argv`;
      return WORD_LISTS.has(name) ? [{ path, message }] : [];
    }),
  );
}

function fileFlaws(profile: Profile, batch: BatchRule): Flaw[] {
  const { replaces, whole, format, key, path, omit_when_empty: omitted } = batch;
  const flaws: Flaw[] = [];
  if (replaces !== undefined && !Object.hasOwn(profile.files, replaces)) {
    flaws.push(unknownName(['batch', 'replaces'], 'file', replaces, Object.keys(profile.files)));
  }
  if (whole && replaces === undefined) {
    flaws.push({ path: ['batch', 'whole'], message: 'needs replaces: the file with which an entry begins' });
  }
  if ((format === 'object') !== (key !== undefined)) {
    flaws.push({ path: ['batch', 'key'], message: 'belongs to format = "object", which needs it' });
  }
  for (const [name, file] of Object.entries(profile.files)) {
    if (file.path === path && name !== replaces)
      flaws.push({ path: ['batch', 'path'], message: 'is the path of another file' });
  }
  const keys = leafPaths(batch.content);
  for (const name of omitted) {
    if (!keys.includes(name)) flaws.push(unknownName(['batch', 'omit_when_empty'], 'key', name, keys));
  }
  const names = contentTexts([], batch.content).flatMap(({ text }) => placeholderNames(text));
  const reachesList = [...batch.argv, ...jobTexts(profile).map(({ text }) => text)]
    .flatMap((text) => placeholderNames(text))
    .some((name) => name === 'items' || name === replaces);
  if (!reachesList) {
    flaws.push({ path: ['batch', 'path'], message: 'nothing names the list: use {items} in batch.argv' });
  }
  if (format === 'object' && !placeholderNames(key ?? '').includes('index') && names.length > 0) {
    flaws.push({ path: ['batch', 'key'], message: 'needs {index}: entries must not have the same key' });
  }
  return flaws;
}

/** What may differ has to be nowhere that all runs share: there the value of the first would hold for all. */
function carriedFlaws(profile: Profile, batch: BatchRule): Flaw[] {
  const own = perItem(profile, batch);
  const isShared = ({ path: [section, file] }: { path: Path }): boolean =>
    section !== 'files' || file !== batch.replaces;
  const shared = new Set(
    jobTexts(profile)
      .filter(isShared)
      .flatMap(({ text }) => placeholderNames(text)),
  );
  const flaws: Flaw[] = Object.keys(batch.parameters)
    .filter((name) => !Object.hasOwn(profile.parameters, name))
    .map((name) =>
      unknownName(['batch', 'parameters', name], 'parameter', name, Object.keys(profile.parameters)),
    );
  for (const name of own.parameters) {
    const write = profile.parameters[name]?.write;
    const isInEntry =
      write?.spec !== undefined && batch.whole && (write.file ?? DEFAULT_FILE) === batch.replaces;
    if (shared.has(name) || (write !== undefined && !isInEntry)) {
      const message = 'may differ from run to run in a batch, and is written where all of them share it';
      flaws.push({ path: ['parameters', name], message });
    }
  }
  return flaws;
}

function outputFlaws(profile: Profile, batch: BatchRule): Flaw[] {
  const labels = profile.success.outputs.map(({ label }) => label);
  const flaws: Flaw[] = Object.keys(batch.outputs)
    .filter((label) => !labels.includes(label))
    .map((label) => unknownName(['batch', 'outputs', label], 'output', label, labels));
  for (const [index, output] of profile.success.outputs.entries()) {
    if (placeholderNames(placeOf(batch, output)).includes('index')) continue;
    const message =
      'lies at one place for all runs of a batch: use batch.folder or batch.outputs with {index}';
    flaws.push({ path: ['success', 'outputs', index, 'path'], message });
  }
  const identity = profile.success.outputs.find(({ label }) => label === batch.identity);
  if (batch.identity !== undefined && identity?.kind !== 'text') {
    flaws.push({ path: ['batch', 'identity'], message: 'is the label of no output with kind = "text"' });
  }
  return flaws;
}
