import type { ErrorCode } from '../../core/errors.ts';
import { listWords } from './list-words.ts';
import { bounds, range } from './number-bounds.ts';
import { count } from './numbers.ts';
import { withoutStop } from './reasons.ts';
import { didYouMean, type Parameters, type Wording } from './wording.ts';

/** What is wrong with the parameters of a run, one by one and together. */
export const PARAMETER_WORDING = {
  'input.parameter_repeated': {
    example: { parameter: 'seed', given: ['1', '2'], list: '1,2' },
    say: (p) => {
      const name = p.text('parameter', 'parameter');
      const typed = p.list('given').map((value) => `\`${name}=${value}\``);
      const list = p.part('list', (values) => `Write \`${name}=${values}\` for a run with each of them, or `);
      return {
        sentence: `${p.text('parameter', 'A parameter')} stands there more than once${typed.length === 0 ? '' : `: ${typed.join(', ')}`}.`,
        nextStep: list === '' ? 'Leave all but one of them out.' : `${list}leave all but one out.`,
      };
    },
  },
  'input.parameter_spaced': {
    example: { given: 'seed = 5', assignment: 'seed=5' },
    say: (p) => ({
      sentence: `A parameter is one word${p.part('given', (given) => `; you wrote "${given}"`)}.`,
      nextStep:
        p.part('assignment', (assignment) => `Write \`${assignment}\`, without spaces.`) ||
        'Write it without spaces.',
    }),
  },
  'input.parameter_unknown': {
    example: { parameter: 'sed', model: 'preview', nearest: 'seed', others: ['vista', 'sketch'] },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} has no parameter${p.part('parameter', (name) => ` \`${name}\``)}.${didYouMean(p)}`,
      nextStep: `${otherModels(p)}See all parameters with \`models ${p.text('model', 'MODEL')}\`.`,
    }),
  },
  'input.parameter_type': {
    example: { parameter: 'seed', given: 'abc', expected: 'a whole number', minimum: 0 },
    say: (p) => ({
      sentence: `${p.text('parameter', 'That parameter')}${p.has('given') ? '' : ' has no value; it'} takes ${p.text('expected', 'another kind of value')}${bounds(p)}${p.part('given', (given) => `; you wrote ${given}`)}.`,
      nextStep:
        p.part('nearest', (value) => `Write \`${p.text('parameter')}=${value}\`.`) ||
        (isSeveralNumbers(p.text('given'))
          ? 'Give one value; `inference` takes lists and ranges.'
          : 'Correct the value and send it again.'),
    }),
  },
  'input.parameter_range': {
    example: { parameter: 'edge', given: 8, minimum: 0, maximum: 1, nearest: 0.8 },
    say: (p) => ({
      sentence: `${p.text('parameter', 'That parameter')} is ${p.text('expected', 'a number')}${bounds(p)}${p.part('step', (step) => `, in steps of ${step}`)}${p.part('given', (given) => `; you wrote ${given}`)}.${p.part('nearest', (value) => ` Did you mean ${value}?`)}`,
      nextStep: 'Correct the value and send it again.',
    }),
  },
  'input.parameter_choice': {
    example: {
      parameter: 'canny_threshold',
      given: 'hi',
      choices: ['low', 'medium', 'high'],
      nearest: 'high',
    },
    say: (p) => ({
      sentence: `${p.text('parameter', 'That parameter')} is ${p.choices('choices', 'one of a few words')}${p.part('given', (given) => `; you wrote ${given}`)}.${didYouMean(p)}`,
      nextStep: 'Use one of these words.',
    }),
  },
  'input.list_invalid': {
    example: { parameter: 'seg_prompt', given: 'boat,"crane"', reason: 'text' },
    say: listWords,
  },
  'input.no_draft': {
    example: { model: 'preview', known: ['sketch'] },
    say: (p) => ({
      sentence: `${p.text('model', 'That model')} has no draft: its profile does not say what one is.`,
      nextStep: p.has('known')
        ? `Leave \`--draft\` out, or draft with ${p.text('known')}.`
        : 'Leave `--draft` out.',
    }),
  },
  'input.not_a_draft': {
    example: { run: 'rs_3fq8w1zz' },
    say: (p) => ({
      sentence: `${p.text('run', 'That run')} is no draft: it has its full quality.`,
      nextStep: `Run it with something else by \`rerun ${p.text('run', 'RUN')} parameter=value\`; drafts are made with \`inference PROMPT --draft\`.`,
    }),
  },
  'input.rule_broken': {
    example: {
      message: 'The distilled model takes edges alone',
      because: ['use_distilled=true'],
      needs: ['vis=0', 'edge>0'],
      files: ['edge'],
      unwanted: ['depth'],
    },
    say: (p) => ({
      sentence: `${withoutStop(p.text('message', 'These settings do not go together'))}.`,
      nextStep: mended(p),
    }),
  },
  'input.weights_all_zero': {
    example: { parameters: ['edge', 'vis', 'depth', 'seg'] },
    say: (p) => ({
      sentence: 'All control weights are 0, so nothing would guide the video.',
      nextStep: `Give at least one a weight above 0${p.part('parameters', (names) => ` (${names})`)}, such as \`${firstOf(p, 'parameters', 'edge')}=0.5\`.`,
    }),
  },
  'input.frames_out_of_range': {
    example: { model: 'vista', role: 'color', frames: 5000, minimum: 1, maximum: 4096 },
    say: (p) => ({
      sentence: `The ${p.part('role', (role) => `${role} `)}video has ${p.measure('frames', (value) => count(value, 'frame'), 'another number of frames')}; ${p.text('model', 'the model')} takes ${frameRange(p)}.`,
      nextStep: 'Cut or lengthen the video, or choose another model.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** `1..8`, `0.2,0.5`: what only a verb that queues many runs takes. */
function isSeveralNumbers(given: string): boolean {
  return /^[\d.+-]+(?:\.\.|,)[\d.,+-]+$/.test(given);
}

/** What would keep the rule, or the setting that calls for it. */
function mended(p: Parameters): string {
  const steps = [
    p.part('needs', () => `set ${codes(p.list('needs'))}`),
    p.part('files', () => `give a file for ${codes(p.list('files'))}`),
    p.part('unwanted', () => `leave out the file for ${codes(p.list('unwanted'))}`),
  ].filter((step) => step !== '');
  const without = p.part('because', () => `do without ${codes(p.list('because'))}`);
  const text =
    [steps.join(' and '), without].filter((way) => way !== '').join(', or ') || 'change one of them';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(' ');
}

function frameRange(p: Parameters): string {
  if (!p.has('maximum')) return p.part('minimum', (value) => `${value} or more`) || 'another number';
  return range(p).replace(/^from (?=.* to )/, '');
}

function firstOf(p: Parameters, name: string, otherwise: string): string {
  return p.text(name, otherwise).split(', ')[0] ?? otherwise;
}

/** Models that have the parameter, and take the prompt as well. */
function otherModels(p: Parameters): string {
  const [first, ...others] = p.list('others').map((model) => `\`--model ${model}\``);
  if (first === undefined) return '';
  const last = others.pop();
  return `Choose a model that has it: ${last === undefined ? first : `${[first, ...others].join(', ')} or ${last}`}. `;
}
