import type { ErrorCode } from '../../core/errors.ts';
import { duration, grouped, size } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import { didYouMean, type Parameters, type Wording } from './wording.ts';

/** What is wrong with a text, a file, or the files of one prompt together. */
export const FILE_WORDING = {
  'input.text_empty': {
    example: {},
    say: () => ({
      sentence: 'The text is empty.',
      nextStep: 'Send it again together with a sentence that says what it shall become.',
    }),
  },
  'input.text_too_long': {
    example: { characters: 12_480, maximum: 10_000 },
    say: (p) => ({
      sentence: p.has('maxBytes')
        ? `The text is too long for ${p.text('model', 'the model')}: it takes ${p.measure('maxBytes', grouped)} bytes${p.measure('bytes', (value) => `, and this one has ${grouped(value)}`)}.`
        : `The text ${p.measure('characters', (value) => `has ${grouped(value)} characters`, 'is too long')}${p.measure('maximum', (value) => `; at most ${grouped(value)} are possible`)}.`,
      nextStep: 'Shorten it.',
    }),
  },
  'input.text_misplaced': {
    example: { example: 'create prompt "A rainy street" street.mp4' },
    say: (p) => ({
      sentence: 'A part of the text was taken for names of files.',
      nextStep: `The text comes first, in quotes, and then the files${p.part('example', (example) => `: \`${example}\``)}.`,
    }),
  },
  'input.text_nul': {
    example: {},
    say: () => ({
      sentence: 'The text holds a NUL character, which no model can read.',
      nextStep: 'Type the text again, or copy it from somewhere else.',
    }),
  },
  'input.text_forbidden': {
    example: { text: '${', model: 'preview' },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} takes no text with ${p.part('text', (text) => `\`${text}\``) || 'that in it'}: it would read it as something else.`,
      nextStep: 'Write it in another way and send it again.',
    }),
  },
  'input.text_json_object': {
    example: { model: 'preview' },
    say: (p) => ({
      sentence: `The text is a JSON object: ${p.text('model', 'the model')} would read it as a prompt with fields, and change some of them.`,
      nextStep: 'Write it in plain sentences and send it again.',
    }),
  },
  'input.file_missing': {
    example: { file: 'street.mp4' },
    say: (p) => ({
      sentence: `I cannot find ${file(p, 'the file')}.${didYouMean(p)}`,
      nextStep: p.has('known')
        ? `The files of the prompt are: ${p.text('known')}.`
        : 'Check the name and the folder; put a name with spaces in quotes.',
    }),
  },
  'input.file_unreadable': {
    example: { file: 'street.mp4', detail: 'permission denied' },
    say: (p) => ({
      sentence: `${file(p)} cannot be read${whyInBrackets(p)}.`,
      nextStep: 'Let the user that runs the bot read it, or send a copy.',
    }),
  },
  'input.file_empty': {
    example: { file: 'street.mp4' },
    say: (p) => ({
      sentence: `${file(p)} is empty (0 bytes).`,
      nextStep: 'Export it again and send the new file.',
    }),
  },
  'input.file_not_regular': {
    example: { file: 'clips' },
    say: (p) => ({
      sentence: `${file(p)} is a folder or a device, not a file.`,
      nextStep: 'Name the video file itself.',
    }),
  },
  'input.file_too_large': {
    example: { file: 'street.mp4', bytes: 2_400_000_000, maxBytes: 1_073_741_824 },
    say: (p) => ({
      sentence: `${file(p)} ${p.measure('bytes', (value) => `is ${size(value)}`, 'is too large')}${p.measure('maxBytes', (value) => `; files up to ${size(value)} are taken`)}.`,
      nextStep: 'Shorten it or export it with a lower bit rate.',
    }),
  },
  'input.not_media': {
    example: { file: 'notes.mp4', detail: 'no video, audio or picture in it' },
    say: (p) => ({
      sentence: `${file(p)} is not a video, picture or sound file, whatever its name says${whyInBrackets(p)}.`,
      nextStep: 'Send a video such as an MP4 with H.264.',
    }),
  },
  'input.no_frames': {
    example: { file: 'street.mp4' },
    say: (p) => ({
      sentence: `${file(p)} holds not a single frame.`,
      nextStep: 'Export it again and check that it plays.',
    }),
  },
  'input.truncated': {
    example: { file: 'street.mp4', detail: 'it ends in the middle of frame 87' },
    say: (p) => ({
      sentence: `${file(p)} is damaged or was cut off${whyInBrackets(p)}.`,
      nextStep: 'Send it again; if that does not help, export it again.',
    }),
  },
  'input.too_long': {
    example: { file: 'street.mp4', durationMs: 754_000, maxDurationMs: 600_000 },
    say: (p) => ({
      sentence: `${file(p)} ${p.measure('durationMs', (value) => `lasts ${duration(value)}`, 'is too long')}${p.measure('maxDurationMs', (value) => `; at most ${duration(value)} are taken`)}.`,
      nextStep: 'Cut it to the part that matters.',
    }),
  },
  'input.absurd_duration': {
    example: { file: 'street.mp4', durationMs: 3_153_600_000_000 },
    say: (p) => ({
      sentence: `${file(p)} claims ${p.measure('durationMs', (value) => `to last ${duration(value)}`, 'a length')}, which cannot be true.`,
      nextStep: 'Export it again: its header is wrong.',
    }),
  },
  'input.too_many_pixels': {
    example: { file: 'street.mp4', width: 15_360, height: 8640, maxPixels: 33_177_600 },
    say: (p) => ({
      sentence: `${file(p)} ${p.has('width') && p.has('height') ? `is ${p.text('width')}×${p.text('height')}, which is` : 'is'} too large a picture${p.measure('maxPixels', megapixels, p.measure('maximum', megapixels))}${p.part('model', (model) => ` for ${model}`)}.`,
      nextStep: 'Scale it down before you send it.',
    }),
  },
  'input.role_unknown': {
    example: { role: 'dept', nearest: 'depth', known: ['color', 'depth', 'seg'] },
    say: (p) => ({
      sentence: `${p.part('role', (role) => `\`${role}\` is`) || 'That is'} not a role that a file can have.${p.part('nearest', (value) => ` Did you mean \`${value}\`?`)}`,
      nextStep: p.has('known')
        ? `Use one of: ${p.text('known')}.`
        : 'Use color, depth, seg, edge, vis, mask, audio or image.',
    }),
  },
  'input.role_taken': {
    example: { role: 'depth', file: 'b_depth.mp4', other: 'a_depth.mp4' },
    say: (p) => ({
      sentence: `${p.has('file') && p.has('other') ? `${p.text('other')} and ${p.text('file')} are both` : 'Two files are'} used as ${p.text('role', 'the same role')}; there can be one.`,
      nextStep: 'Leave one out, or rename it after what it is, such as `street_seg.mp4`.',
    }),
  },
  'input.role_missing': {
    example: { role: 'depth', model: 'preview', parameter: 'depth', prompt: 'ps_7k2m9x4d' },
    say: (p) => ({
      sentence: `${p.part('parameter', (name) => `The weight \`${name}\``) || p.text('model', 'The model')} needs ${p.part('role', (role) => `${article(role)} \`${role}\` file`) || 'another file'}, and the prompt has none.`,
      nextStep: `${p.part('prompt', (prompt) => `Add that file with \`npx cosmos add ${prompt} FILE\``) || 'Send that file into the thread of the prompt (in a shell: `npx cosmos add`)'}, or give its role to another one with \`roles\`${p.part('parameter', (name) => `, or leave out \`${name}\``)}.`,
    }),
  },
  'input.role_wrong_kind': {
    example: { file: 'voice.mp3', role: 'depth', expected: 'video', found: 'audio' },
    say: (p) => ({
      sentence: `${file(p)} ${p.part('found', isA) || p.part('kind', isA) || 'is of another kind'}; ${p.part('role', (role) => `\`${role}\``) || 'its role'} takes ${p.part('expected', withArticle) || 'another kind'}.`,
      nextStep: 'Give it another role, or send the right file.',
    }),
  },
  'input.extension_not_taken': {
    example: { role: 'color', extension: 'mkv', allowed: ['mp4', 'mov'], model: 'preview' },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} cannot read ${p.part('extension', (extension) => `\`${extension}\` files`) || 'files without an extension'}${p.part('role', (role) => ` as \`${role}\``)}.`,
      nextStep: `Convert it to ${p.choices('allowed', 'another format')} and send it again.`,
    }),
  },
  'input.roles_differ': {
    example: { fact: 'frames', role: 'depth', found: '118', other: 'color', expected: '121' },
    say: (p) => ({
      sentence: `The videos do not fit together: ${p.text('role', 'one')} has ${p.part('found', (found) => withUnit(p, found)) || 'another size, rate or length'}${p.part('expected', (expected) => `, ${p.text('other', 'the other')} has ${withUnit(p, expected)}`)}.`,
      nextStep: 'Export them all with the same size, frame rate and number of frames.',
    }),
  },
  'input.no_files': {
    example: {},
    say: () => ({
      sentence: 'There is no video with it.',
      nextStep: 'Send the text together with a video, or give the path of one.',
    }),
  },
  'input.paths_not_taken': {
    example: { paths: ['street.mp4'] },
    say: (p) => ({
      sentence: `Files cannot be named by a path here${p.part('paths', (paths) => ` (${paths})`)}.`,
      nextStep: 'Send the video itself, with the text as its message.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

function file(p: Parameters, otherwise = 'The file'): string {
  return p.part('file', (name) => `\`${name}\``) || otherwise;
}

/** `118 frames`, `23.98 fps`, `1280×704`. */
function withUnit(p: Parameters, value: string): string {
  const fact = p.text('fact');
  return fact === 'frames' || fact === 'fps' ? `${value} ${fact}` : value;
}

function isA(kind: string): string {
  return `is ${withArticle(kind)}`;
}

function megapixels(pixels: number): string {
  if (pixels < 1e5) return ` (at most ${pixels} pixels)`;
  return ` (at most ${Number((pixels / 1e6).toFixed(1))} megapixels)`;
}

function withArticle(kind: string): string {
  if (kind === 'audio') return 'a sound file';
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function article(word: string): string {
  return /^[aeiou]/i.test(word) ? 'an' : 'a';
}
