import type { ErrorCode } from '../../core/errors.ts';
import { missingWords, suchAs, whereIdsAre } from './missing-words.ts';
import { bounds } from './number-bounds.ts';
import { count } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import { didYouMean, type Parameters, type Wording } from './wording.ts';

/** What is wrong with what somebody typed or clicked. */
export const COMMAND_WORDING = {
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
  if (p.text('expected') === 'frame rate')
    return `is a number of frames per second${bounds(p)}, such as 24, 23.976 or 24000/1001`;
  return p.part('expected', (text) => `is ${text}`) || 'is not valid';
}
