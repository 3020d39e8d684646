import { shortHash } from '../chat/card-hash.ts';

/** What a message says of itself, wherever it is found. */
export interface MessageMark {
  /** `cardHash` of the card that it shows. */
  readonly hash: string;
  /** `shortHash` of the key that it was posted with. */
  readonly keyHash: string;
}

/**
 * An embed without a title does not show its address, and keeps it. It comes and goes with the embed, so that what is
 * read back is what is shown; whoever finds it lands on Discord's own page.
 */
const BASE = 'https://discord.com/#cosmos-';
const MARK = /^https:\/\/discord\.com\/#cosmos-([0-9a-f]{32})-([0-9a-f]{32})$/;

export function markUrl({ hash, keyHash }: MessageMark): string {
  return `${BASE}${hash}-${keyHash}`;
}

/** Undefined for a message that is not ours. */
export function markOf(url: string | undefined): MessageMark | undefined {
  const [, hash, keyHash] = MARK.exec(url ?? '') ?? [];
  return hash === undefined || keyHash === undefined ? undefined : { hash, keyHash };
}

/** At most 25 characters that are the same for the same key in the same channel, for a few minutes of no repetition. */
export function nonceOf(key: string, channel: string): string {
  return BigInt(`0x${shortHash(`${channel} ${key}`).slice(0, 30)}`).toString(36);
}

/** The name under which a file of this key is posted: people read the name, and the end of it says which post it is. */
export function fileNameOf(name: string, keyHash: string): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
  const words = safe(stem).replace(/^\.+/, '').slice(0, 100) || 'file';
  const ending = extension.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 10);
  return `${words}-${keyHash.slice(0, KEY_CHARACTERS)}${ending === '' ? '' : `.${ending}`}`;
}

/** Whether a file was posted with the key of this hash. */
export function isFileOf(fileName: string, keyHash: string): boolean {
  const [, key] = FILE.exec(fileName) ?? [];
  return key === keyHash.slice(0, KEY_CHARACTERS);
}

const KEY_CHARACTERS = 10;
/** The key, and the extension behind it. */
const FILE = /-([0-9a-f]{10})(?:\.[A-Za-z0-9]+)?$/;

/** Discord drops what it does not like in a name. */
function safe(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\s+/g, '_')
    .replaceAll(/[^A-Za-z0-9_.()-]/g, '');
}
