import { openRegularFile } from '../media/open-regular-file.ts';

/** What a file seems to be that calls itself an archive and is none. */
export type SeemingKind =
  | 'picture'
  | 'video'
  | 'sound'
  | 'gzip'
  | '7z'
  | 'rar'
  | 'tar'
  | 'pdf'
  | 'page'
  | 'text'
  | 'cut_archive'
  | 'unknown';

const HEAD_BYTES = 512;

/** With what files of each kind begin, in latin1: whole, or parts of it at their places. */
const SIGNS: readonly (readonly [SeemingKind, readonly (readonly [at: number, sign: string])[]])[] = [
  ['picture', [[0, '\x89PNG']]],
  ['picture', [[0, '\xff\xd8\xff']]],
  ['picture', [[0, 'GIF8']]],
  ['picture', [[0, 'II*\0']]],
  ['picture', [[0, 'MM\0*']]],
  ['picture', [[0, 'v/1\x01']]],
  ['picture', riff('WEBP')],
  ['sound', riff('WAVE')],
  ['sound', [[0, 'ID3']]],
  ['sound', [[0, 'fLaC']]],
  ['sound', [[0, 'OggS']]],
  ['video', riff('AVI ')],
  ['video', [[4, 'ftyp']]],
  ['video', [[0, '\x1aE\xdf\xa3']]],
  ['gzip', [[0, '\x1f\x8b']]],
  ['7z', [[0, '7z\xbc\xaf\x27\x1c']]],
  ['rar', [[0, 'Rar!']]],
  ['pdf', [[0, '%PDF']]],
  ['tar', [[257, 'ustar']]],
  // The directory of an archive, or a part of one that was made in several.
  ['cut_archive', [[0, 'PK']]],
];
const PAGE = /^\s*<(?:!doctype|html|\?xml)/i;
/** Control characters that texts have: tab to carriage return. */
const FIRST_BLANK = 0x09;
const LAST_BLANK = 0x0d;
const SPACE = 0x20;

/** Throws as `openRegularFile`. */
export async function seemsToBe(path: string): Promise<SeemingKind> {
  await using file = await openRegularFile(path, Number.MAX_SAFE_INTEGER);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const bytes = buffer.subarray(0, bytesRead);
  const head = bytes.toString('latin1');
  const found = SIGNS.find(([, signs]) => signs.every(([at, sign]) => head.startsWith(sign, at)));
  if (found !== undefined) return found[0];
  if (PAGE.test(head)) return 'page';
  const isText = bytes.every((byte) => byte >= SPACE || (byte >= FIRST_BLANK && byte <= LAST_BLANK));
  return isText ? 'text' : 'unknown';
}

function riff(kind: string): readonly (readonly [number, string])[] {
  return [
    [0, 'RIFF'],
    [8, kind],
  ];
}
