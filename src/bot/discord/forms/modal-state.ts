import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { FormValues } from '../../../core/ports/chat-surfaces.ts';
import { FORM_LIMITS } from './form-limits.ts';

/** What a modal is about. */
export interface ModalState {
  /** `Form.state`. */
  readonly state: string;
  /** What was filled in before, of fields that the modal does not show. */
  readonly hidden: FormValues;
}

/** The ids of a modal: they are all that comes back with what somebody fills in. */
export interface ModalIds {
  readonly modal: string;
  /** As many as there are names, in their order. */
  readonly fields: readonly string[];
}

const PREFIX = 'cosmos-form';
const SEPARATOR = '|';
const MODAL = /^cosmos-form\|(\d+)\|([\w-]*)$/;
/** Nobody has written so much; a bound for what pretends to be packed. */
const MAXIMUM_BYTES = 20_000;

/** Pairs and no table: a name such as `__proto__` must not get lost. */
const packedSchema = z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))]);

/**
 * Ids that hold what the modal is about, so that it works whatever becomes of the bot while somebody fills it in; where
 * that is too much for them they only say which modal it is.
 * @param opener id of the interaction that the modal answers
 */
export function writeIds(opener: string, names: readonly string[], about: ModalState): ModalIds {
  const packed = deflateRawSync(JSON.stringify([about.state, Object.entries(about.hidden)])).toString(
    'base64url',
  );
  const heads = [`${PREFIX}${SEPARATOR}${opener}${SEPARATOR}`, ...names.map((name) => `${name}${SEPARATOR}`)];
  let left = packed;
  const ids = heads.map((head) => {
    const room = Math.max(0, FORM_LIMITS.customId - head.length);
    const part = left.slice(0, room);
    left = left.slice(room);
    return head + part;
  });
  const [modal = '', ...fields] = left === '' ? ids : heads;
  return { modal, fields };
}

/** The interaction that a modal answered; undefined for modals that are not ours. */
export function openerOf(modal: string): string | undefined {
  return MODAL.exec(modal)?.[1];
}

/** The name of a field. */
export function nameOf(field: string): string {
  return field.slice(0, field.lastIndexOf(SEPARATOR));
}

/** What the ids hold; undefined where it was too much for them, or another version of the bot has written them. */
export function readState({ modal, fields }: ModalIds): ModalState | undefined {
  const parts = [
    MODAL.exec(modal)?.[2] ?? '',
    ...fields.map((id) => id.slice(id.lastIndexOf(SEPARATOR) + 1)),
  ];
  const read = packedSchema.safeParse(unpacked(parts.join('')));
  return read.success ? { state: read.data[0], hidden: Object.fromEntries(read.data[1]) } : undefined;
}

function unpacked(text: string): unknown {
  if (text === '') return undefined;
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAXIMUM_BYTES });
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
