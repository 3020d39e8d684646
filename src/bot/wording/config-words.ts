import { count } from './numbers.ts';
import type { Parameters } from './wording.ts';

const TYPE_WORDS: ReadonlyMap<string, string> = new Map([
  ['whole_number', 'a whole number'],
  ['boolean', 'true or false'],
]);

/** One bracket where there have to be two is what most people forget of TOML. */
export function listOfTables(p: Parameters): string | undefined {
  if (p.text('expected') !== 'list' || p.text('given') !== 'table') return undefined;
  return p.part('where', (where) => `Write [[${where}]] in place of [${where}], once for each.`);
}

/** `no GPUs`, `1 GPU`. */
export function gpuWords(gpus: number): string {
  return gpus === 0 ? 'no GPUs' : count(gpus, 'GPU');
}

export function gpuRange(p: Parameters): string {
  const [least, most] = [p.number('minimum'), p.number('maximum')];
  if (least === undefined || least !== most) return rangeWords(p);
  return least === 0 ? 'none' : String(least);
}

/** Which key: `hosts[0].name`. */
export function place(p: Parameters, otherwise = 'A setting'): string {
  return p.part('where', (where) => `\`${where}\``) || p.part('key', (key) => `\`${key}\``) || otherwise;
}

/** `, line 12`, where it is known. */
export function line(p: Parameters): string {
  return p.part('line', (number) => `, line ${number}`);
}

/** Where the value comes from: ` (cosmos.toml, line 12)`, ` (set by COSMOS_BOT_DATA_DIR)`. */
export function source(p: Parameters): string {
  return (
    p.part('variable', (variable) => ` (set by ${variable})`) ||
    p.part('file', (file) => ` (${file}${line(p)})`)
  );
}

export function given(p: Parameters): string {
  const kind = GIVEN_KINDS.get(p.text('given'));
  return kind === undefined ? p.part('given', (value) => `; it is \`${value}\``) : `; it is ${kind}`;
}

/** What is told of a value that has no short form; a text of that name has quotation marks. */
const GIVEN_KINDS: ReadonlyMap<string, string> = new Map([
  ['table', 'a table'],
  ['list', 'a list'],
  ['date', 'a date'],
]);

export function typeWords(p: Parameters): string {
  const words = p.list('expected').map((word) => TYPE_WORDS.get(word) ?? `a ${word}`);
  return words.length === 0 ? 'another kind of value' : words.join(' or ');
}

export function rangeWords(p: Parameters): string {
  const above =
    p.part('above', (value) => `more than ${value}`) || p.part('below', (value) => `less than ${value}`);
  if (above !== '') return above;
  if (p.has('minimum') && p.has('maximum')) return `${p.text('minimum')} to ${counted(p, 'maximum')}`;
  return (
    p.part('minimum', () => `at least ${counted(p, 'minimum')}`) ||
    p.part('maximum', () => `at most ${counted(p, 'maximum')}`) ||
    `another value`
  );
}

const UNITS: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['characters', ['character', 'characters']],
  ['entries', ['entry', 'entries']],
]);

/** A limit with what it counts: `1 entry`, `100 characters`. */
function counted(p: Parameters, limit: string): string {
  const [one, many] = UNITS.get(p.text('measure')) ?? [];
  const unit = p.number(limit) === 1 ? one : many;
  return `${p.text(limit)}${unit === undefined ? '' : ` ${unit}`}`;
}

/** Of what a name may consist, roughly: the pattern itself stands beside it. */
export function allowedWords(pattern: string): string {
  if (!/[a-z]-[a-z]/i.test(pattern)) return 'digits alone';
  return pattern.includes('-]') ? 'small letters, digits and hyphens' : 'small letters and digits';
}
