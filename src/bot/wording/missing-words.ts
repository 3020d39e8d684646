import type { Parameters } from './wording.ts';

/** What an id is the id of, by the kind of the argument that takes it, and where the latest are listed. */
const IDS: ReadonlyMap<string, readonly [words: string, listed: string]> = new Map([
  ['prompt_id', ['the id or the name of a prompt', 'prompts']],
  ['run_id', ['the id of a run', 'runs']],
  ['request_id', ['the id of a request', 'requests']],
  ['prompt_or_run', ['the id of a prompt or a run', 'prompts']],
  ['run_or_request', ['the id of a run or of a request with many', 'runs']],
  ['any_id', ['the id of a prompt, a run or a request', 'runs']],
]);

/** What of a command is missing, so that it ends a sentence: `the id of a run`, `` `RATING`: 1 to 5 ``. */
export function missingWords(p: Parameters): string {
  const argument = p.text('argument');
  const [option] = /^--[a-z-]+(?= )/.exec(argument) ?? [];
  if (option !== undefined) return `a value after \`${option}\``;
  const id = idOf(p);
  if (id !== undefined) return id[0];
  if (argument.includes('|')) {
    const choices = argument.split('|').map((choice) => `\`${choice}\``);
    return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)} after it`;
  }
  if (p.text('kind') === 'choice') return `\`${argument}\` after it`;
  const name = argument.includes('=') ? argument : argument.toUpperCase();
  const what = name === '' ? 'something more' : `\`${name}\``;
  return `${what}${p.part('help', (help) => `: ${lowerFirst(help)}`)}`;
}

/** `, such as …`: a whole command in which nothing is missing. */
export function suchAs(p: Parameters): string {
  return p.text('example') === p.text('usage')
    ? ''
    : p.part('example', (example) => `, such as \`${example}\``);
}

/** What a missing id is found by; what was discarded is listed nowhere. */
export function whereIdsAre(p: Parameters): string {
  const id = idOf(p);
  return id === undefined || p.text('kind') === 'text' ? '' : ` See the latest with \`list ${id[1]}\`.`;
}

/** The name tells where the kind does not; the `prompt` of `create prompt` is a word, and no id. */
function idOf(p: Parameters): readonly [words: string, listed: string] | undefined {
  if (p.text('kind') === 'choice') return undefined;
  const named = { run: 'run_id', prompt: 'prompt_id' }[p.text('argument')];
  return IDS.get(p.text('kind')) ?? (named === undefined ? undefined : IDS.get(named));
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
