import { posix } from 'node:path';
import { fillIn } from './placeholders.ts';
import type { BatchRule, DeclaredOutput, Profile } from './profile.ts';

/** The outputs that the profile declares, at the places where those of one run of a batch lie. */
export function outputsOfItem(profile: Profile, batch: BatchRule, item: number): readonly DeclaredOutput[] {
  return profile.success.outputs.map((output) => ({
    ...output,
    path: fillIn(placeOf(batch, output), (name) => (name === 'index' ? String(item) : '')),
  }));
}

/** Glob of an output in a batch, with {index} in it. */
export function placeOf({ outputs, folder }: BatchRule, { label, path }: DeclaredOutput): string {
  const own = Object.hasOwn(outputs, label) ? outputs[label] : undefined;
  return own ?? (folder === undefined ? escaped(path) : posix.join(folder, escaped(path)));
}

/** A glob has braces of its own. */
function escaped(glob: string): string {
  return glob.replaceAll('{', '{{').replaceAll('}', '}}');
}
