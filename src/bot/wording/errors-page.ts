import { ERRORS, type ErrorCode } from '../../core/errors.ts';
import { ERROR_WORDING, explain } from './explain.ts';

const INTRODUCTION = `# Errors

What can go wrong, as people read it, and what to do about it. The sentences are shown with example values; the code
stands in logs and in the output of \`--json\`. This page is made from \`src/core/errors.ts\` and \`src/bot/wording\`;
after a change run \`npx vitest run tests/bot/wording --update\`.

Classes: **validation** (something typed, sent or configured has to change), **network** (tried again by itself, with
growing pauses), **auth** (a right or a secret is missing), **execution** (something broke on a machine).
`;

const LAYER_TITLES: Readonly<Record<string, string>> = {
  config: 'Configuration',
  input: 'What people type and send',
  chat: 'Chat',
  queue: 'Queue',
  store: 'Database',
  ssh: 'SSH',
  transfer: 'Copying files',
  engine: 'Hosts',
  model: 'Models',
  media: 'Media files',
};

/** The content of `docs/errors.md`. */
export function errorsPage(): string {
  const layers = Map.groupBy(Object.keys(ERRORS).filter(isErrorCode), (code) => ERRORS[code].layer);
  const sections = [...layers].map(
    ([layer, codes]) => `## ${LAYER_TITLES[layer] ?? layer}\n\n${codes.map(entry).join('\n')}`,
  );
  return [INTRODUCTION, ...sections].join('\n');
}

function entry(code: ErrorCode): string {
  const { example } = ERROR_WORDING[code];
  const { sentence, nextStep } = explain({ code, parameters: example });
  const names = Object.keys(example).map((name) => `\`${name}\``);
  return [
    `### ${code}\n`,
    `${sentence}\n`,
    `Next: ${nextStep}\n`,
    `Class: ${ERRORS[code].class}.${names.length === 0 ? '' : ` Parameters: ${names.join(', ')}.`}\n`,
  ].join('\n');
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
