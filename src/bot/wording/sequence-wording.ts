import type { ErrorCode } from '../../core/errors.ts';
import { count, grouped, size } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import type { Parameters, Wording } from './wording.ts';

const NAMING =
  'The pictures have to be PNG: name them `color.0001.png`, `depth.0001.png` and so on, or put those of each kind into a folder of that name.';

/** What is wrong with pictures that shall become videos, and with the archive that they come in. */
export const SEQUENCE_WORDING = {
  'input.sequence_none': {
    example: { file: 'render.zip' },
    say: (p) => ({
      sentence: `${file(p)} holds no numbered pictures.`,
      nextStep: `${NAMING} A video makes a prompt by itself: \`create prompt TEXT FILES\`.`,
    }),
  },
  'input.sequence_names': {
    example: {
      ...{ file: 'render.zip', files: ['color.0001.exr', 'notes.txt'], roles: ['color', 'depth'] },
      formats: ['EXR'],
    },
    say: (p) => ({
      sentence: `In ${file(p, 'the folder')}, ${p.part('files', (names) => `these are no pictures of a sequence that I know: ${names}`) || 'some files are no pictures of a sequence'}.`,
      nextStep:
        `Take out what does not belong there. ${NAMING} ${toPng(p)}${p.part('roles', (roles) => `Kinds: ${roles}.`)}`.trim(),
    }),
  },
  'input.sequence_unknown': {
    example: {
      ...{ file: 'shot', files: ['beauty.1001.png … beauty.1030.png (30 files)'] },
      ...{ roles: ['depth', 'seg'], kind: 'depth' },
      command: 'npx cosmos prepare shot --prompt ps_7k2m9x4d --as depth',
    },
    say: (p) => ({
      sentence: `In ${file(p, 'the folder')}, the names do not tell what the pictures show${p.part('files', (names) => `: ${names}`)}.`,
      nextStep: p.has('command')
        ? `${p.part('command', (command) => `\`${command}\``)} takes them as ${p.text('kind', 'that')}${otherKinds(p)}.`
        : `Name them \`color.0001.png\`, \`depth.0001.png\` and so on, or put them into a folder of that name; in a shell, \`npx cosmos prepare PICTURES … --as ${p.list('roles')[0] ?? 'color'}\` takes them as they are${otherKinds(p)}.`,
    }),
  },
  'input.sequence_several': {
    example: {
      ...{ file: 'shot', role: 'color' },
      files: ['beauty.1001.png … beauty.1030.png (30 files)', 'z.1001.png … z.1030.png (30 files)'],
    },
    say: (p) => ({
      sentence: `${file(p, 'The folder')} holds more than one series of pictures, so they cannot all be ${role(p)}${p.part('files', (names) => `: ${names}`)}.`,
      nextStep: `Leave \`--as\` out and let names tell them apart, or take all but one away. ${NAMING}`,
    }),
  },
  'input.sequence_twice': {
    example: { file: 'render.zip', role: 'depth', files: ['depth.1.png', 'depth.0001.png'] },
    say: (p) => ({
      sentence: `In ${file(p, 'the folder')}, there is more than one picture sequence for ${role(p)}${p.part('files', (names) => `: ${names}`)}.`,
      nextStep: 'Leave one of them out.',
    }),
  },
  'input.sequence_gaps': {
    example: { file: 'render.zip', role: 'color', missing: ['5', '10–12'], first: 1, last: 48 },
    say: (p) => ({
      sentence: `In ${file(p, 'the folder')}, pictures of ${role(p)} are missing${p.part('missing', (numbers) => `: ${numbers}`)}${p.measure('last', (last) => ` (it goes from ${p.text('first', '0')} to ${last})`)}.`,
      nextStep: 'Render them, or number the others without a gap.',
    }),
  },
  'input.sequence_no_color': {
    example: { file: 'render.zip', roles: ['depth', 'seg'] },
    say: (p) => ({
      sentence: `${file(p)} has no pictures of \`color\`${p.part('roles', (roles) => `, only of ${roles}`)}.`,
      nextStep: 'Add them: `color.0001.png` and so on.',
    }),
  },
  'input.sequence_lengths': {
    example: { file: 'render.zip', role: 'depth', found: '2–48', other: 'color', expected: '1–48' },
    say: (p) => ({
      sentence: `In ${file(p, 'the folder')}, the pictures do not fit together: ${role(p)} has the numbers ${p.text('found', 'of another range')}, ${p.text('other', 'the first kind')} has ${p.text('expected', 'others')}.`,
      nextStep: 'Give all of them the same numbers.',
    }),
  },
  'input.sequence_frames': {
    example: {
      file: 'render.zip',
      role: 'color',
      unreadable: ['color.0007.png'],
      differing: ['color.0009.png (640×360)'],
      size: '1280×704',
    },
    say: (p) => ({
      sentence: [
        `${file(p)} has pictures of ${role(p)} that cannot be used`,
        p.part('unreadable', () => `; damaged: ${names(p, 'unreadable')}`),
        p.part(
          'differing',
          () => `; not ${p.text('size', 'as large as the others')}: ${names(p, 'differing')}`,
        ),
        '.',
      ].join(''),
      nextStep: 'Render these again and send everything once more.',
    }),
  },
  'input.sequence_too_large': {
    example: { file: 'render.zip', files: 80_000, maxFiles: 50_000, maxBytes: 8_589_934_592 },
    say: (p) => ({
      sentence: `${file(p)} holds too much${p.measure('files', (found) => `: ${count(found, 'file')}`)}${p.measure('maxFiles', (most) => `; at most ${grouped(most)} files are taken`)}${p.measure('maxBytes', (most) => `; at most ${size(most)} are unpacked of it`)}.`,
      nextStep: 'Send a shorter part of it.',
    }),
  },
  'input.archive_other': {
    example: { file: 'render.zip', seems: '7z' },
    say: (p) => ({
      sentence: `${file(p)} is no ZIP archive, whatever its name says${seemingWords(p.text('seems'))}.`,
      nextStep:
        SEEMING_STEPS.get(p.text('seems')) ??
        'Make a ZIP archive of the folder of the pictures and send that.',
    }),
  },
  'input.link_outside': {
    example: { file: 'render: color.0001.png' },
    say: (p) => ({
      sentence: `${file(p, 'A file')} is a link that leads out of its folder: I read only what lies within it.`,
      nextStep: 'Put a copy of the picture in its place, or send the folder in which the pictures lie.',
    }),
  },
  'input.archive_broken': {
    example: { file: 'render.zip: color.0007.png', detail: 'its checksum is wrong' },
    say: (p) => ({
      sentence: `${file(p)} cannot be unpacked${whyInBrackets(p)}.`,
      nextStep: 'Make the archive again, without a password, and send it.',
    }),
  },
  'input.archive_unsafe': {
    example: { file: 'render.zip', name: '/etc/color.0001.png' },
    say: (p) => ({
      sentence: `${file(p)} has names that lead out of it${p.part('name', (name) => ` (\`${name}\`)`)}: I unpack nothing of it.`,
      nextStep: 'Make the archive again, from the folder of the pictures.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

const SEEMING: ReadonlyMap<string, string> = new Map([
  ['picture', 'a single picture'],
  ['video', 'a video'],
  ['sound', 'a sound'],
  ['gzip', 'a gzip archive'],
  ['7z', 'a 7z archive'],
  ['rar', 'a RAR archive'],
  ['tar', 'a tar archive'],
  ['pdf', 'a PDF'],
  ['page', 'a web page, perhaps one that asks for a login'],
  ['text', 'a text'],
  ['cut_archive', 'a part of one'],
]);

const SEEMING_STEPS: ReadonlyMap<string, string> = new Map([
  ['video', 'Give it the ending of a video, such as `.mp4`, and send it again.'],
  [
    'picture',
    'Give it the ending of a picture, such as `.png`, and send it again; many pictures come in a ZIP archive.',
  ],
  ['sound', 'Give it the ending of a sound, such as `.wav`, and send it again.'],
  ['page', 'Download the archive itself and send that.'],
  ['cut_archive', 'Make one ZIP archive, not several parts, and send that.'],
]);

function seemingWords(seems: string): string {
  const words = SEEMING.get(seems);
  return words === undefined ? '' : `: it seems to be ${words}`;
}

/** How pictures of other formats become PNG, without a word of programs that somebody may not have. */
function toPng(p: Parameters): string {
  const formats = p.list('formats');
  if (formats.length === 0) return '';
  const look = formats.includes('EXR')
    ? ', color with the view transform applied (EXR holds linear light)'
    : '';
  return `Instead of ${formats.join(' and ')}, write PNG with the same numbers from your renderer or compositing program${look}. `;
}

function otherKinds(p: Parameters): string {
  const others = p.list('roles').slice(1);
  return others.length === 0 ? '' : `; other kinds: ${others.join(', ')}`;
}

/** More are of no use to a person at once. */
const MOST_NAMES = 8;

function names(p: Parameters, list: string): string {
  const all = p.list(list);
  const more = all.length - MOST_NAMES;
  return `${all.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function role(p: Parameters): string {
  return p.part('role', (name) => `\`${name}\``) || 'one kind';
}

function file(p: Parameters, otherwise = 'The archive'): string {
  return p.part('file', (name) => `\`${name}\``) || otherwise;
}
