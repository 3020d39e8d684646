import type { ErrorCode } from '../../core/errors.ts';
import { listWords } from './list-words.ts';
import { missingWords, suchAs, whereIdsAre } from './missing-words.ts';
import { count } from './numbers.ts';
import { whyInBrackets, withoutStop } from './reasons.ts';
import { didYouMean, type Parameters, type Wording } from './wording.ts';

/** What is wrong with what somebody typed or clicked. */
export const COMMAND_WORDING = {
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
    example: { parameter: 'sed', model: 'preview', nearest: 'seed' },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} has no parameter${p.part('parameter', (name) => ` \`${name}\``)}.${didYouMean(p)}`,
      nextStep: `See all parameters with \`models ${p.text('model', 'MODEL')}\`.`,
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
  'input.model_unknown': {
    example: { model: 'previw', nearest: 'preview', known: ['preview', 'vista'] },
    say: (p) => ({
      sentence: `I know no model${p.part('model', (model) => ` "${model}"`)}.${didYouMean(p)}`,
      nextStep: p.has('known') ? `There is: ${p.text('known')}.` : 'See them with `models`.',
    }),
  },
  'input.model_unavailable': {
    example: { model: 'vista', reason: 'it needs 2 GPUs' },
    say: (p) => ({
      sentence: `No host here runs ${p.text('model', 'that model')}${whyInBrackets(p)}.`,
      nextStep: 'Choose another one (`models` shows them), or ask whoever runs the bot to add it to a host.',
    }),
  },
  'input.secret_missing': {
    example: { model: 'vista', secret: 'HF_TOKEN' },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} needs ${p.part('secret', (secret) => `the secret \`${secret}\``) || 'a secret'}, which the bot does not have.`,
      nextStep: 'Ask whoever runs the bot to set it: `npx cosmos config check` says where it is looked for.',
    }),
  },
  'input.frames_out_of_range': {
    example: { model: 'vista', role: 'color', frames: 5000, minimum: 1, maximum: 4096 },
    say: (p) => ({
      sentence: `The ${p.part('role', (role) => `${role} `)}video has ${p.measure('frames', (value) => count(value, 'frame'), 'another number of frames')}; ${p.text('model', 'the model')} takes ${frameRange(p)}.`,
      nextStep: 'Cut or lengthen the video, or choose another model.',
    }),
  },
  'input.id_unknown': {
    example: { kind: 'prompt', given: 'ps_7k2', nearest: 'ps_7k2m9x4d' },
    say: (p) => ({
      sentence:
        p.part('prompt', (prompt) => `${prompt} is a prompt, and this is about one of its runs.`) ||
        `I know no ${p.text('kind', 'prompt or run')}${p.part('given', (given) => ` "${given}"`)}.${didYouMean(p)}`,
      nextStep:
        p.part('prompt', (prompt) => `See its runs with \`list runs --prompt ${prompt}\`.`) ||
        `See the latest with \`list ${LISTED_KINDS.get(p.text('kind')) ?? 'prompts'}\`.`,
    }),
  },
  'input.id_ambiguous': {
    example: { kind: 'run', given: 'rs_3', matches: ['rs_3fq8w1zz', 'rs_3k0d7m2c'] },
    say: (p) => ({
      sentence: `${p.part('given', (given) => `"${given}"`) || 'That'} is the beginning of several ${p.text('kind', 'id')}s${p.part('matches', (ids) => `: ${ids}`)}.`,
      nextStep: 'Type more of it, until it fits one alone, or the id.',
    }),
  },
  'input.name_taken': {
    example: { name: 'rainy_neon_street' },
    say: (p) => ({
      sentence: `There is already a prompt named${p.part('name', (name) => ` \`${name}\``) || ' so'}.`,
      nextStep: 'Choose another name, or leave it out and one is made from the text.',
    }),
  },
  'input.name_invalid': {
    example: { name: 'Rainy Street', nearest: 'rainy_street', maximum: 40 },
    say: (p) => ({
      sentence: `${p.part('name', (name) => `"${name}"`) || 'That'} cannot be the name of a prompt.${didYouMean(p)}`,
      nextStep: `Use one to three words of lower-case letters and digits, joined by \`_\`${p.part('maximum', (most) => `, at most ${most} characters`)}; it must not look like an id.`,
    }),
  },
  'input.prompt_has_runs': {
    example: { prompt: 'ps_7k2m9x4d', runs: 3 },
    say: (p) => ({
      sentence: `${p.text('prompt', 'The prompt')} has ${p.measure('runs', (runs) => count(runs, 'run'), 'runs')}, and what they were made of is kept.`,
      nextStep: `See them with \`list runs --prompt ${p.text('prompt', 'PROMPT')}\`; only a prompt without runs can be discarded.`,
    }),
  },
  'input.rating_range': {
    example: { given: 7 },
    say: (p) => ({
      sentence: `A rating is a whole number from 1 to 5${p.part('given', (given) => `; you wrote ${given}`)}.`,
      nextStep: 'Rate again with a number from 1 (poor) to 5 (great).',
    }),
  },
  'input.command_unknown': {
    example: { given: 'inferense', nearest: 'inference', meant: 'inference ps_7k2m9x4d seed=9' },
    say: (p) => ({
      sentence:
        p.part(
          'shell',
          (shell) => `\`${shell}\` is a command for a shell on the bot's machine, and not for a chat.`,
        ) ||
        `I know no command${p.part('given', (given) => ` "${given}"`)}.${didYouMean(p, p.has('meant') ? 'meant' : 'nearest')}`,
      nextStep:
        p.part('shell', (shell) => SHELL_STEPS.get(shell) ?? `Type \`npx cosmos ${shell}\` there.`) ||
        'See all commands with `help`.',
    }),
  },
  'input.option_unknown': {
    example: { verb: 'inference', given: '--edge', assignment: 'edge=0.5' },
    say: (p) => ({
      sentence: `${verb(p, '`cosmos`')} has no option${p.part('given', (given) => ` \`${given}\``)}.${didYouMean(p)}`,
      nextStep:
        p.text('commandLineOnly') === 'true'
          ? 'It is for the command line only: leave it out.'
          : `${p.part('assignment', (words) => `A parameter is written without dashes: \`${words}\`. `)}See its options with \`help${p.part('verb', (name) => ` ${name}`)}\`.`,
    }),
  },
  'input.argument_missing': {
    example: {
      verb: 'cancel',
      argument: 'run',
      kind: 'run_or_request',
      help: 'Id of a run or of a request with many, or its beginning',
      usage: 'cancel RUN',
      example: 'cancel rs_3fq8w1zz',
    },
    say: (p) => ({
      sentence: `${verb(p, 'The command')} needs ${missingWords(p)}.`,
      nextStep:
        p.part('usage', (usage) => `Type it as \`${usage}\`${suchAs(p)}.${whereIdsAre(p)}`) ||
        `See \`help${p.part('verb', (name) => ` ${name}`)}\`.`,
    }),
  },
  'input.argument_unexpected': {
    example: { verb: 'cancel', given: ['please', 'now'], usage: 'cancel RUN' },
    say: (p) => ({
      sentence: `${verb(p, 'The command')} has no use for ${p.has('given') ? `"${p.list('given').join(' ')}"` : 'that many words'}.`,
      nextStep: `${p.part('usage', (usage) => `Type it as \`${usage}\`; `)}${p.has('usage') ? 'put' : 'Put'} words that belong together in quotes.`,
    }),
  },
  'input.argument_invalid': {
    example: {
      verb: 'rate',
      argument: 'rating',
      given: '7',
      expected: 'whole number',
      minimum: 1,
      maximum: 5,
    },
    say: (p) => ({
      sentence: isHost(p)
        ? `I know no host${p.part('given', (given) => ` "${given}"`)}.`
        : `${argument(p)} ${expected(p)}${p.part('given', (given) => `; you wrote "${given}"`)}.${didYouMean(p)}`,
      nextStep: isHost(p)
        ? `The configuration has ${p.choices('choices', 'none')}.`
        : `See \`help${p.part('verb', (name) => ` ${name}`)}\`.`,
    }),
  },
  'input.quote_unbalanced': {
    example: { rest: '"rainy street' },
    say: (p) => ({
      sentence: `A quotation mark is opened and never closed${p.part('rest', (rest) => ` (${rest})`)}.`,
      nextStep: 'Close it, or write a backslash before it if it is part of the text.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** What does the same in a chat, where something does. */
const SHELL_STEPS: ReadonlyMap<string, string> = new Map([
  [
    'prepare',
    'In a chat, send the pictures as a ZIP archive together with a text; or type `npx cosmos prepare` there.',
  ],
  [
    'add',
    'In a chat with threads, send the files into the thread of the prompt; or type `npx cosmos add` there.',
  ],
]);

/** What `list` calls the things that have ids. */
const LISTED_KINDS: ReadonlyMap<string, string> = new Map([
  ['run', 'runs'],
  ['request', 'requests'],
]);

function verb(p: Parameters, otherwise: string): string {
  return p.part('verb', (name) => `\`${name}\``) || otherwise;
}

/** `1..8`, `0.2,0.5`: what only a verb that queues many runs takes. */
function isSeveralNumbers(given: string): boolean {
  return /^[\d.+-]+(?:\.\.|,)[\d.,+-]+$/.test(given);
}

/** The one name that is looked up in the configuration. */
function isHost(p: Parameters): boolean {
  return p.text('verb') === 'host' && p.text('argument') === 'name';
}

/** The name of a choice stands in no usage line, only its words do. */
function argument(p: Parameters): string {
  const name = p.text('argument');
  if (p.has('choices') && name !== '' && !name.startsWith('--')) return `What follows ${verb(p, 'it')}`;
  return name === '' ? 'That' : `\`${name}\``;
}

function expected(p: Parameters): string {
  if (p.has('choices')) return `is ${p.choices('choices')}`;
  if (p.text('expected') === 'flag') return 'takes no value';
  if (p.text('expected') === 'whole number') return `is a whole number${bounds(p)}`;
  return p.part('expected', (text) => `is ${text}`) || 'is not valid';
}

/** ` from 0 to 1`, ` from 1`, ` up to 5`, or nothing. */
function bounds(p: Parameters): string {
  const text = range(p);
  return text === '' ? '' : ` ${text}`;
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

function range(p: Parameters): string {
  if (p.text('expected') === 'a text') return p.part('maximum', (value) => `of up to ${value} characters`);
  if (p.has('minimum') && p.has('maximum')) return `from ${p.text('minimum')} to ${p.text('maximum')}`;
  return p.part('minimum', (value) => `from ${value}`) || p.part('maximum', (value) => `up to ${value}`);
}

function frameRange(p: Parameters): string {
  if (!p.has('maximum')) return p.part('minimum', (value) => `${value} or more`) || 'another number';
  return range(p).replace(/^from (?=.* to )/, '');
}

function firstOf(p: Parameters, name: string, otherwise: string): string {
  return p.text(name, otherwise).split(', ')[0] ?? otherwise;
}
