import type { ViewOutput } from '@slack/bolt';
import type { FormField, FormValues } from '../../../core/ports/chat-surfaces.ts';
import { shortHash } from '../../chat/card-hash.ts';

/** The id of a field's block: of a field with this name and fingerprint that begins with this value. */
export type BlockIds = (name: string, fingerprint: string, initial: string | undefined) => string;

const PREFIX = 'cosmos';
const ID = /^cosmos:([0-9a-f]+):([^:]*):(.*)$/s;
const FINGERPRINT_CHARACTERS = 12;

type State = ViewOutput['state'];

/** What a field is, apart from its value. */
export function fieldFingerprint(field: FormField): string {
  const { initial: _initial, ...rest } = field;
  return shortHash(JSON.stringify(rest)).slice(0, FINGERPRINT_CHARACTERS);
}

/** The ids of a new form. */
export function newBlockIds(revision: string): BlockIds {
  return (name, fingerprint) => [PREFIX, fingerprint, revision, name].join(':');
}

/**
 * The ids of a form that takes the place of another one. Slack keeps what is filled in where a block keeps its id, and
 * shows what the form says where the id is new: so a field keeps it only if it is the same and holds that value already.
 */
export function nextBlockIds(revision: string, state: State): BlockIds {
  const fresh = newBlockIds(revision);
  const shown = new Map<string, string>();
  for (const id of Object.keys(state.values)) {
    const parsed = parse(id);
    if (parsed !== undefined) shown.set(parsed.name, id);
  }
  const values = readValues(state);
  return (name, fingerprint, initial) => {
    const id = shown.get(name);
    const isSame = id !== undefined && parse(id)?.fingerprint === fingerprint && values[name] === initial;
    return isSame ? id : fresh(name, fingerprint, initial);
  };
}

/** Name of the field that a block asks for; undefined for blocks that are not of a form. */
export function fieldOf(blockId: string | undefined): string | undefined {
  return blockId === undefined ? undefined : parse(blockId)?.name;
}

/** What is filled in, by name of field. */
export function readValues({ values }: State): FormValues {
  const read: [string, string][] = [];
  for (const [blockId, elements] of Object.entries(values)) {
    const name = fieldOf(blockId);
    const [element] = Object.values(elements);
    const value =
      element?.type === 'checkboxes'
        ? String((element.selected_options ?? []).length > 0)
        : (element?.selected_option?.value ?? element?.value);
    if (name !== undefined && value !== undefined && value !== null && value !== '') read.push([name, value]);
  }
  return Object.fromEntries(read);
}

function parse(blockId: string): { readonly fingerprint: string; readonly name: string } | undefined {
  const [, fingerprint, , name] = ID.exec(blockId) ?? [];
  return fingerprint === undefined || name === undefined ? undefined : { fingerprint, name };
}
