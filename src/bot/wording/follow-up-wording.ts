import type { ErrorCode } from '../../core/errors.ts';
import type { Wording } from './wording.ts';

/** What is wrong with what shall be made of a prompt or of a result. */
export const FOLLOW_UP_WORDING = {
  'input.model_other_task': {
    example: { model: 'vista-upscale', task: 'upscale' },
    say: (p) => ({
      sentence: `${p.text('model', 'That model')} ${taskWords(p.text('task'))}, and nothing else.`,
      nextStep: `Use it with \`${TASK_VERBS.get(p.text('task')) ?? 'inference'}\`, or choose another model (\`models\` shows them).`,
    }),
  },
  'input.no_model_for_task': {
    example: { task: 'upscale' },
    say: (p) => ({
      sentence: `No host here runs a model that ${taskWords(p.text('task'))}.`,
      nextStep: 'Ask whoever runs the bot to add one to a host: `docs/models.md` names those that there are.',
    }),
  },
  'input.region_invalid': {
    example: { parameter: 'parts', given: '9 regions', reason: 'too_many', maximum: 8 },
    say: (p) => ({
      sentence: `${p.text('parameter', 'region')}${p.part('given', (given) => ` "${given}"`)}: ${REGION_REASONS.get(p.text('reason')) ?? 'that is no region'}${p.part('maximum', (most) => ` (at most ${most})`)}.`,
      nextStep: `Write left, top, right and bottom as parts of the picture from 0 to 1, then the text: \`${p.text('parameter', 'region')}="0,0,0.5,1: snow on the roof"\`.`,
    }),
  },
  'input.upscaled_already': {
    example: { run: 'rs_3fq8w1zz', from: 'rs_9d0x2m4k' },
    say: (p) => ({
      sentence: `${p.text('run', 'That run')} is an upscaled video already: made larger once more it would be made smaller first.`,
      nextStep: `Upscale ${p.part('from', (run) => `\`${run}\` again`) || 'what it was made of'} with other settings, or use the video as it is.`,
    }),
  },
  'input.no_video': {
    example: { id: 'rs_3fq8w1zz' },
    say: (p) => ({
      sentence: `${p.text('id', 'That')} has no video that could be made larger.`,
      nextStep: 'Choose a run whose result is a video, or a prompt with a video as `color`.',
    }),
  },
  'input.result_changed': {
    example: { run: 'rs_3fq8w1zz', reason: 'missing' },
    say: (p) => ({
      sentence: `The result of ${p.text('run', 'that run')} ${p.text('reason') === 'missing' ? 'is not there any more' : 'is not the file that it was when it was collected'}.`,
      nextStep: 'Bring the file back from a backup, or run it again and use the new result.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** By which verb a model of each task is used. */
const TASK_VERBS: ReadonlyMap<string, string> = new Map([
  ['generate', 'inference'],
  ['upscale', 'upscale'],
  ['enhance', 'enhance'],
]);

const REGION_REASONS: ReadonlyMap<string, string> = new Map([
  ['no_text', 'it says where, and not what is there'],
  ['no_place', 'it says what, and not where'],
  ['outside', 'its corners are not from 0 to 1'],
  ['empty', 'its right side is not right of its left one, or its bottom not below its top'],
  ['no_mask', 'this model takes places as four numbers alone'],
  ['too_many', 'there are too many regions'],
]);

/** `makes videos larger`. */
function taskWords(task: string): string {
  if (task === 'upscale') return 'makes videos larger';
  return task === 'enhance' ? 'makes better texts' : 'makes videos of prompts';
}
