import type { ErrorCode } from '../../core/errors.ts';
import {
  allowedWords,
  given,
  gpuRange,
  gpuWords,
  line,
  listOfTables,
  place,
  rangeWords,
  source,
  typeWords,
} from './config-words.ts';
import { why, whyAtTheEnd, whyInBrackets } from './reasons.ts';
import { didYouMean, type Wording } from './wording.ts';

const CHECK_COMMAND = '`npx cosmos config check`';
const CHECK = `Correct it, then run ${CHECK_COMMAND}.`;

const SECRET_STEP =
  'Write { env = "NAME" } or { file = "path" } there, one of them: NAME is the variable that holds the secret, in capitals, and never the secret itself.';

const UNREADABLE_STEPS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'Make it, or correct its name.'],
  ['EISDIR', 'Name the file in it.'],
]);

/** What is wrong with the configuration, where, and how to mend it. */
export const CONFIG_WORDING = {
  'config.file_missing': {
    example: { file: 'cosmos.toml' },
    say: (p) => ({
      sentence: `There is no configuration file${p.part('file', (file) => ` ${file}`)}.`,
      nextStep: 'Check the path, or leave it out: without a file the built-in defaults are used.',
    }),
  },
  'config.file_unreadable': {
    example: { file: 'cosmos.toml', detail: 'EACCES' },
    say: (p) => ({
      sentence: `${p.text('file', 'The configuration file')} cannot be read${whyAtTheEnd(p)}`,
      nextStep: UNREADABLE_STEPS.get(p.text('detail')) ?? 'Let the user that runs the bot read it.',
    }),
  },
  'config.syntax': {
    example: { file: 'cosmos.toml', line: 12, column: 4, detail: 'expected a value' },
    say: (p) => ({
      sentence: `${p.text('file', 'The configuration')}${p.part('line', (line) => `, line ${line}`)}${p.part('column', (column) => `, column ${column}`)}: this is not TOML${whyAtTheEnd(p)}`,
      nextStep: p.text('detail') === 'not UTF-8' ? `Save it as UTF-8, then run ${CHECK_COMMAND}.` : CHECK,
    }),
  },
  'config.unknown_key': {
    example: {
      file: 'cosmos.toml',
      where: 'hosts[0].work_dirr',
      key: 'work_dirr',
      nearest: 'work_dir',
      known: ['name', 'work_dir'],
    },
    say: (p) => ({
      sentence: `${place(p)} is not a key that means anything${source(p)}.${didYouMean(p)}`,
      nextStep: p.has('nearest')
        ? 'Rename it, or remove it.'
        : p.part('known', (known) => `Remove it. Keys here: ${known}.`) || 'Remove it.',
    }),
  },
  'config.unknown_variable': {
    example: { variable: 'COSMOS_BOT_DATA_DIRR', nearest: 'COSMOS_BOT_DATA_DIR' },
    say: (p) => ({
      sentence: `${p.part('variable', (variable) => `The variable \`${variable}\``) || 'A variable that begins with COSMOS_BOT_'} sets nothing.${didYouMean(p)}`,
      nextStep: 'Rename it, or unset it.',
    }),
  },
  'config.missing_key': {
    example: { file: 'cosmos.toml', where: 'hosts[0]', keys: ['name'] },
    say: (p) => ({
      sentence: `${place(p, 'The file')} lacks ${p.has('keys') ? p.choices('keys') : 'a key'}${source(p)}.`,
      nextStep: 'Add it, then run `npx cosmos config check`.',
    }),
  },
  'config.wrong_type': {
    example: {
      file: 'cosmos.toml',
      where: 'limits.max_queued_per_user',
      expected: ['whole_number'],
      given: '"many"',
    },
    say: (p) => ({
      sentence: `${place(p)} takes ${typeWords(p)}${given(p)}${source(p)}.`,
      nextStep: p.text('expected').includes('secret') ? SECRET_STEP : (listOfTables(p) ?? CHECK),
    }),
  },
  'config.out_of_range': {
    example: {
      file: 'cosmos.toml',
      where: 'hosts[0].name',
      given: '""',
      measure: 'characters',
      minimum: 1,
      maximum: 100,
    },
    say: (p) => ({ sentence: `${place(p)} takes ${rangeWords(p)}${given(p)}${source(p)}.`, nextStep: CHECK }),
  },
  'config.unknown_choice': {
    example: {
      file: 'cosmos.toml',
      where: 'hosts[0].transport',
      given: '"locall"',
      choices: ['local', 'ssh'],
      nearest: 'local',
    },
    say: (p) => ({
      sentence: `${place(p)} takes ${p.choices('choices', 'one of a few words')}${given(p)}${source(p)}.${didYouMean(p)}`,
      nextStep: CHECK,
    }),
  },
  'config.invalid_name': {
    example: {
      file: 'cosmos.toml',
      where: 'hosts[0].name',
      given: '"GPU 1"',
      pattern: '^[a-z0-9-]+$',
      nearest: 'gpu-1',
    },
    say: (p) => ({
      sentence: `${place(p)} is not a name that can be used${given(p)}${source(p)}.${didYouMean(p)}`,
      nextStep:
        p.part('pattern', (pattern) => `Use ${allowedWords(pattern)} (it must match \`${pattern}\`).`) ||
        'Use small letters, digits and hyphens.',
    }),
  },
  'config.invalid_value': {
    example: { file: 'cosmos.toml', where: 'web.public_url', given: '"here"', reason: 'not a URL' },
    say: (p) => ({
      sentence: `${place(p)} is not valid${given(p)}${whyInBrackets(p)}${source(p)}.`,
      nextStep: CHECK,
    }),
  },
  'config.secret_missing': {
    example: { where: 'web.link_secret', variable: 'LINK_SECRET' },
    say: (p) => ({
      sentence: `${p.part('where', (where) => `The secret \`${where}\``) || 'A secret'} is not there${
        p.part('variable', (variable) => `: the variable \`${variable}\` is empty or missing`) ||
        p.part('file', (file) => `: ${file} is ${why(p) === '' ? 'empty' : `not readable (${why(p)})`}`)
      }.`,
      nextStep: 'Set it and start again. Commands that do not need it work without.',
    }),
  },
  'config.secret_inline': {
    example: { file: 'cosmos.toml', where: 'web.link_secret' },
    say: (p) => ({
      sentence: `${place(p)} holds a secret in plain text${source(p)}.`,
      nextStep:
        'Write { env = "NAME" } or { file = "path" } there, and replace the secret: it has been in a file.',
    }),
  },
  'config.lanes_share_gpu': {
    example: {
      file: 'cosmos.toml',
      where: 'hosts[0].lanes[1].gpus',
      gpu: '0',
      other: 'hosts[0].lanes[0].gpus',
    },
    say: (p) => ({
      sentence: `${place(p)} uses ${p.part('gpu', (gpu) => `GPU ${gpu}`) || 'a GPU'}, which ${p.part('other', (other) => `\`${other}\``) || 'another lane'} uses too${source(p)}.`,
      nextStep: 'Give each GPU to one lane only.',
    }),
  },
  'config.duplicate_name': {
    example: { file: 'cosmos.toml', where: 'hosts[1].name', name: 'gpu1', other: 'hosts[0].name' },
    say: (p) => ({
      sentence: `${place(p)} repeats ${p.part('name', (name) => `\`${name}\``) || 'a name'}${p.part('other', (other) => `, which stands at \`${other}\` already`)}${source(p)}.`,
      nextStep: 'Change or remove one of the two.',
    }),
  },
  'config.unknown_model': {
    example: {
      file: 'cosmos.toml',
      line: 12,
      where: 'hosts[0].models[0]',
      model: 'previw',
      nearest: 'preview',
      known: ['preview', 'vista'],
    },
    say: (p) => ({
      sentence: `${place(p)} names a model that does not exist${p.part('model', (model) => `: \`${model}\``)}${source(p)}.${didYouMean(p)}`,
      nextStep: p.has('known')
        ? `Use one of: ${p.text('known')}.`
        : 'Correct the name: `npx cosmos models` lists them.',
    }),
  },
  'config.model_unfit': {
    example: {
      file: 'cosmos.toml',
      line: 12,
      host: 'gpu1',
      model: 'vista',
      lane: 'gpu1/cpu',
      gpus: 0,
      minimum: 1,
      maximum: 8,
    },
    say: (p) =>
      p.has('lane')
        ? {
            sentence: `${p.text('model', 'A model')} cannot run on ${p.text('host', 'that host')}: its lane ${p.text('lane')} has ${p.measure('gpus', gpuWords, 'another number of GPUs')}, and the model takes ${gpuRange(p)}${source(p)}.`,
            nextStep: `Change \`gpus\` of that lane, or take ${p.text('model', 'the model')} from the host's \`models\`: any lane of a host takes its runs.`,
          }
        : {
            sentence: `${p.text('model', 'A model')} cannot run on ${p.text('host', 'that host')}, which is reached by ${p.text('transport', 'another way')}: the model allows ${p.text('allowed', 'other ways')} only${source(p)}.`,
            nextStep: `Take ${p.text('model', 'the model')} from the host's \`models\`, or give it to a host with that \`transport\`.`,
          },
  },
  'config.profile_invalid': {
    example: {
      file: 'vista.toml',
      where: 'parameters.edge.minimum',
      detail: 'it is above the maximum',
      nearest: 'maximum',
    },
    say: (p) => ({
      sentence: `${p.part('model', (model) => `The model \`${model}\`, as ${p.text('file')}${line(p)} changes it,`) || `The model profile ${p.text('file', 'file')}${line(p)}`} is not valid${p.part('where', (where) => ` at \`${where}\``)}${whyAtTheEnd(p)}${didYouMean(p)}`,
      nextStep: `Correct ${p.has('model') ? 'it there' : 'the profile'}; \`docs/add-a-model.md\` explains its parts.`,
    }),
  },
  'config.unsupported': {
    example: { file: 'cosmos.toml', where: 'hosts[0].transport', given: 'ssh' },
    say: (p) => ({
      sentence: `${place(p)} is kept for a later version${given(p)}${source(p)}.`,
      nextStep: 'Remove it or choose another value, or install a version that has it.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;
