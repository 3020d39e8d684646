import type { ErrorCode } from '../../core/errors.ts';
import { didYouMean, type Parameters, type Wording } from './wording.ts';

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
    example: { file: 'cosmos.toml', detail: 'permission denied' },
    say: (p) => ({
      sentence: `${p.text('file', 'The configuration file')} cannot be read${because(p)}.`,
      nextStep: 'Let the user that runs the bot read it.',
    }),
  },
  'config.syntax': {
    example: { file: 'cosmos.toml', line: 12, column: 4, detail: 'expected a value after "="' },
    say: (p) => ({
      sentence: `${where(p)} is not valid TOML${because(p)}.`,
      nextStep: 'Correct that line, then run `cosmos config check`.',
    }),
  },
  'config.unknown_key': {
    example: { file: 'cosmos.toml', key: 'hosts.0.work_dirr', nearest: 'work_dir' },
    say: (p) => ({
      sentence: `${where(p)} has a key that means nothing here${p.part('key', (key) => `: \`${key}\``)}.${didYouMean(p)}`,
      nextStep: p.has('nearest') ? 'Rename the key, or remove it.' : 'Remove the key; `docs/configuration.md` lists all keys.',
    }),
  },
  'config.invalid_value': {
    example: { file: 'cosmos.toml', key: 'limits.max_queued_per_user', given: 'many', expected: 'a whole number from 1' },
    say: (p) => ({
      sentence: `${where(p)}: ${p.part('key', (key) => `\`${key}\` `) || 'a value '}${
        p.has('given') ? `is \`${p.text('given')}\`` : 'is not valid'
      }${p.part('expected', (expected) => `; it takes ${expected}`)}${p.part('detail', (detail) => ` (${detail})`)}.`,
      nextStep: 'Correct the value, then run `cosmos config check`.',
    }),
  },
  'config.secret_missing': {
    example: { key: 'chat.slack.bot_token', source: 'the variable SLACK_BOT_TOKEN' },
    say: (p) => ({
      sentence: `The secret${p.part('key', (key) => ` \`${key}\``)} is not there${p.part('source', (source) => `: ${source} is empty or missing`)}.`,
      nextStep: 'Set it and start again. Commands that do not need it work without.',
    }),
  },
  'config.secret_inline': {
    example: { file: 'cosmos.toml', key: 'chat.slack.bot_token' },
    say: (p) => ({
      sentence: `${where(p)} holds a secret in plain text${p.part('key', (key) => `: \`${key}\``)}.`,
      nextStep: 'Write { env = "NAME" } or { file = "path" } there, and replace the secret: it has been in a file.',
    }),
  },
  'config.lanes_share_gpu': {
    example: { host: 'gpu1', gpu: '0', lanes: ['left', 'right'] },
    say: (p) => ({
      sentence: `${p.has('lanes') ? `The lanes ${p.text('lanes')}` : 'Two lanes'}${p.part('host', (host) => ` of ${host}`)} use the same GPU${p.part('gpu', (gpu) => ` ${gpu}`)}.`,
      nextStep: 'Give each GPU to one lane only.',
    }),
  },
  'config.duplicate_name': {
    example: { kind: 'host', name: 'gpu1' },
    say: (p) => ({
      sentence: `Two ${p.part('kind', (kind) => `${kind}s`) || 'entries'} are named ${p.part('name', (name) => `\`${name}\``) || 'the same'}.`,
      nextStep: 'Rename one of them.',
    }),
  },
  'config.unknown_model': {
    example: { model: 'previw', nearest: 'preview', known: ['preview', 'transfer1'] },
    say: (p) => ({
      sentence: `The configuration names a model that does not exist${p.part('model', (model) => `: \`${model}\``)}.${didYouMean(p)}`,
      nextStep: p.has('known') ? `Use one of: ${p.text('known')}.` : 'Correct the name: `cosmos models` lists them.',
    }),
  },
  'config.profile_invalid': {
    example: { file: 'transfer1.toml', key: 'parameters.edge.minimum', detail: 'expected a number' },
    say: (p) => ({
      sentence: `The model profile ${p.text('file', p.text('profile', 'file'))} is not valid${p.part('key', (key) => ` at \`${key}\``)}${because(p)}.`,
      nextStep: 'Correct the profile; `docs/add-a-model.md` explains its parts.',
    }),
  },
  'config.unsupported': {
    example: { key: 'hosts.0.transport', given: 'ssh', supported: ['local'] },
    say: (p) => ({
      sentence: `${p.part('key', (key) => `\`${key}\`: `)}${p.part('given', (given) => `\`${given}\``) || 'This setting'} is not supported by this version.`,
      nextStep: p.has('supported') ? `Use ${p.choices('supported')}.` : 'Remove the setting, or install a version that has it.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

function where(p: Parameters): string {
  return `${p.text('file', 'The configuration')}${p.part('line', (line) => `, line ${line}`)}${p.part('column', (column) => `, column ${column}`)}`;
}

function because(p: Parameters): string {
  return p.part('detail', (detail) => `: ${detail.replace(/[.:]+$/, '')}`);
}
