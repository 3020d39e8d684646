import type { MediaKind } from '../ports/media.ts';
import type { Role } from '../prompts/prompt.ts';

const VIDEO_WORDS: Readonly<Record<string, Role>> = {
  color: 'color',
  colour: 'color',
  rgb: 'color',
  depth: 'depth',
  seg: 'seg',
  segment: 'seg',
  segments: 'seg',
  segmented: 'seg',
  segmentation: 'seg',
  semantic: 'seg',
  edge: 'edge',
  edges: 'edge',
  canny: 'edge',
  vis: 'vis',
  blur: 'vis',
  blurred: 'vis',
  wsm: 'wsm',
  hdmap: 'wsm',
  mask: 'mask',
  masks: 'mask',
};

/** Say nothing about the role where they follow another word: `depth_map_v2.mp4`, `edge_input_control_0.mp4`. */
const FILLERS = new Set(['video', 'map', 'maps', 'control', 'input', 'clip', 'final', 'copy']);
const COUNTER = /^(v|take|shot)?\d+$/;

/**
 * The role that a file's name tells: its last telling word, so that `edge_of_town.mp4` is no edge video and
 * `street_depth.mp4` is a depth video. Sound and pictures have one role each. `undefined` where the name tells
 * nothing; whoever knows the other files decides then (a lone video is the colour video).
 */
export function recogniseRole(fileName: string, kind: MediaKind): Role | undefined {
  if (kind !== 'video') return kind;
  const words = wordsOf(fileName).map(withoutCounter);
  const telling = words.findLast((word) => !FILLERS.has(word) && !COUNTER.test(word));
  if (telling !== undefined && Object.hasOwn(VIDEO_WORDS, telling)) return VIDEO_WORDS[telling];
  return words.findLast((word) => !COUNTER.test(word)) === 'video' ? 'color' : undefined;
}

/** `depth03` is `depth`; words that mean nothing here stay whole. */
function withoutCounter(word: string): string {
  const bare = word.replace(/\d+$/, '');
  return Object.hasOwn(VIDEO_WORDS, bare) || FILLERS.has(bare) ? bare : word;
}

function wordsOf(fileName: string): readonly string[] {
  const base = fileName.split(/[/\\]/).at(-1) ?? '';
  const stem = base.replace(/(?<=.)\.[^.]*$/, '');
  return stem
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
