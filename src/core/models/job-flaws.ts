import {
  BUILT_IN_PLACEHOLDERS,
  inputPlaceholders,
  placeholderNames,
  WORD_LISTS,
  wholePlaceholder,
} from './placeholders.ts';
import type { Profile } from './profile.ts';
import { type Flaw, unknownName } from './profile-flaws.ts';
import { isList, isObject, leafPaths, type SpecValue } from './spec-object.ts';

type Path = readonly (string | number)[];
type Text = { readonly path: Path; readonly text: string };

/** The file in which a spec key lies unless the profile says another. */
export const DEFAULT_FILE = 'spec';

/** Flaws of what the job is built from: placeholders, spec files, command. */
export function jobFlaws(profile: Profile): readonly Flaw[] {
  return [
    ...nameFlaws(profile),
    ...placeholderFlaws(profile),
    ...reachFlaws(profile),
    ...fileFlaws(profile),
    ...collisionFlaws(profile),
    ...secretFlaws(profile),
    ...memoryFlaws(profile),
  ];
}

/** Every name that `{…}` may hold in this profile. */
export function placeholders(profile: Profile): ReadonlySet<string> {
  return new Set([
    ...BUILT_IN_PLACEHOLDERS,
    ...Object.keys(profile.files),
    ...Object.keys(profile.parameters),
    ...Object.keys(profile.inputs).flatMap(inputPlaceholders),
  ]);
}

function nameFlaws(profile: Profile): Flaw[] {
  const builtIn: readonly string[] = BUILT_IN_PLACEHOLDERS;
  const files = Object.keys(profile.files);
  return [
    ...files
      .filter((name) => builtIn.includes(name))
      .map((name) => ({ path: ['files', name], message: 'is the name of a built-in placeholder' })),
    ...Object.keys(profile.parameters)
      .filter((name) => builtIn.includes(name) || files.includes(name))
      .map((name) => ({ path: ['parameters', name], message: 'is the name of another placeholder' })),
  ];
}

function placeholderFlaws(profile: Profile): Flaw[] {
  const known = placeholders(profile);
  const flaws: Flaw[] = [];
  for (const { path, text } of jobTexts(profile)) {
    for (const name of placeholderNames(text)) {
      if (!known.has(name)) flaws.push(unknownName(path, 'placeholder', name, known));
    }
  }
  for (const { path, text } of jobTexts(profile)) {
    const isArgument = path[0] === 'command' && path[1] === 'argv';
    const lists = placeholderNames(text).filter((name) => WORD_LISTS.has(name));
    if (lists.length > 0 && !(isArgument && wholePlaceholder(text) !== undefined)) {
      flaws.push({
        path,
        message: `{${lists[0]}} stands for several words: it can only be a whole word of argv`,
      });
    }
  }
  return [...flaws, ...absenceFlaws(profile)];
}

/** A placeholder whose value may be absent can only stand where its key may be left out. */
function absenceFlaws(profile: Profile): Flaw[] {
  const optional = new Set([
    ...Object.entries(profile.parameters).flatMap(([name, parameter]) =>
      parameter.default === undefined ? [name] : [],
    ),
    ...Object.entries(profile.inputs).flatMap(([role, input]) =>
      input?.required ? [] : inputPlaceholders(role),
    ),
  ]);
  return jobTexts(profile).flatMap(({ path, text }) => {
    const [section, file, , ...keys] = path;
    const omitted = section === 'files' ? (profile.files[String(file)]?.omit_when_empty ?? []) : [];
    const key = keys.filter((part) => typeof part === 'string').join('.');
    if (omitted.includes(key)) return [];
    return placeholderNames(text)
      .filter((name) => optional.has(name))
      .map((name) => ({
        path,
        message: `{${name}} may be absent: make it required, or list the key in omit_when_empty`,
      }));
  });
}

/** A value that somebody sets and that changes nothing would be a lie. */
function reachFlaws(profile: Profile): Flaw[] {
  const carried = new Set([
    ...Object.values(profile.controls).flatMap((control) => [
      control.weight.parameter,
      ...Object.values(control.parameters),
    ]),
    ...jobTexts(profile)
      .filter(({ path }) => path[0] !== 'container')
      .flatMap(({ text }) => placeholderNames(text)),
  ]);
  return Object.entries(profile.parameters)
    .filter(([name, parameter]) => parameter.write === undefined && !carried.has(name))
    .map(([name]) => ({
      path: ['parameters', name],
      message: 'never reaches the job: give it a write, a control or a placeholder',
    }));
}

function fileFlaws(profile: Profile): Flaw[] {
  const flaws: Flaw[] = [];
  const names = Object.keys(profile.files);
  const mustExist = (path: Path, file: string) => {
    if (!names.includes(file)) flaws.push(unknownName(path, 'file', file, names));
  };
  for (const [name, { write }] of Object.entries(profile.parameters)) {
    if (write?.spec !== undefined) mustExist(['parameters', name, 'write'], write.file ?? DEFAULT_FILE);
  }
  for (const [hint, control] of Object.entries(profile.controls)) {
    mustExist(['controls', hint], control.file ?? DEFAULT_FILE);
  }
  const paths = new Set<string>();
  for (const [name, file] of Object.entries(profile.files)) {
    if (paths.has(file.path))
      flaws.push({ path: ['files', name, 'path'], message: 'is the path of another file' });
    paths.add(file.path);
    const keys = leafPaths(file.content);
    for (const key of file.omit_when_empty) {
      if (!keys.includes(key)) flaws.push(unknownName(['files', name, 'omit_when_empty'], 'key', key, keys));
    }
  }
  return flaws;
}

/** Two values for one key of a file: the later would silently win. */
function collisionFlaws(profile: Profile): Flaw[] {
  const claims: { readonly path: Path; readonly file: string; readonly key: string }[] = [];
  for (const [file, { content }] of Object.entries(profile.files)) {
    for (const key of leafPaths(content)) claims.push({ path: ['files', file, 'content'], file, key });
  }
  for (const [name, { write }] of Object.entries(profile.parameters)) {
    if (write?.spec === undefined) continue;
    claims.push({ path: ['parameters', name, 'write'], file: write.file ?? DEFAULT_FILE, key: write.spec });
  }
  for (const [hint, control] of Object.entries(profile.controls)) {
    const block = control.block ?? hint;
    const keys = [
      control.weight.key,
      ...Object.keys(control.parameters),
      ...Object.keys(control.files),
      ...(control.input ? [control.input.key] : []),
    ];
    for (const key of keys) {
      claims.push({ path: ['controls', hint], file: control.file ?? DEFAULT_FILE, key: `${block}.${key}` });
    }
  }
  return claims.flatMap((claim, index) => {
    const rival = claims
      .slice(0, index)
      .find((other) => other.file === claim.file && overlaps(other.key, claim.key));
    return rival === undefined
      ? []
      : [{ path: claim.path, message: `writes "${claim.key}", as does ${rival.path.join('.')}` }];
  });
}

/** One variable cannot hold a secret and something that everybody may read. */
function secretFlaws({ command, parameters }: Profile): Flaw[] {
  const open = new Set([
    ...Object.keys(command.environment),
    ...Object.values(parameters).flatMap(({ write }) => write?.environment ?? []),
  ]);
  return Object.keys(command.secret_environment)
    .filter((name) => open.has(name))
    .map((name) => ({
      path: ['command', 'secret_environment', name],
      message: 'is the name of a variable that is no secret',
    }));
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Every text of the profile in which placeholders stand. */
export function jobTexts(profile: Profile): readonly Text[] {
  const { command, container } = profile;
  const list = (path: Path, words: readonly string[]) =>
    words.map((text, index) => ({ path: [...path, index], text }));
  return [
    ...list(['command', 'argv'], command.argv),
    ...Object.entries(command.environment).map(([name, text]) => ({
      path: ['command', 'environment', name],
      text,
    })),
    ...list(['container', 'gpu_flags'], container?.gpu_flags ?? []),
    ...list(['container', 'flags'], container?.flags ?? []),
    ...Object.entries(profile.files).flatMap(([name, file]) =>
      contentTexts(['files', name, 'content'], file.content),
    ),
  ];
}

export function contentTexts(path: Path, content: SpecValue): readonly Text[] {
  if (typeof content === 'string') return [{ path, text: content }];
  if (isList(content)) return content.flatMap((inner, index) => contentTexts([...path, index], inner));
  if (!isObject(content)) return [];
  return Object.entries(content).flatMap(([key, value]) => [
    { path: [...path, key], text: key },
    ...contentTexts([...path, key], value),
  ]);
}

/** A table that says nothing. */
function memoryFlaws({ requires: { min_vram_gb: wish } }: Profile): Flaw[] {
  if (typeof wish !== 'object' || Object.keys(wish).length > 0) return [];
  return [
    {
      path: ['requires', 'min_vram_gb'],
      message: 'has no entry: name a number of GPUs, as in { 1 = 96, 2 = 80 }',
    },
  ];
}
