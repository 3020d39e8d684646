import type { ErrorParameters } from '../../core/errors.ts';

/** What people read of a problem. Words between backquotes are to be typed, or are a name. */
export interface Explanation {
  /** What is wrong, with its facts. */
  readonly sentence: string;
  /** What to do about it. */
  readonly nextStep: string;
}

/** How one error code is said. */
export interface Wording {
  /** Every parameter that `say` uses, with values such as they occur: for the documentation and the tests. */
  readonly example: ErrorParameters;
  readonly say: (parameters: Parameters) => Explanation;
}

/** Longer values would hide the sentence that they stand in. */
const MAX_VALUE_CHARACTERS = 300;

/**
 * Parameters of a problem, read so that an absent one leaves a whole sentence. Values come from people and from
 * machines: they are put on one line, shortened, and lose their backquotes.
 */
export class Parameters {
  readonly #values: ErrorParameters;

  constructor(values: ErrorParameters) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.text(name) !== '';
  }

  /** The value on one line, lists joined by commas; `otherwise` where it is absent or empty. */
  text(name: string, otherwise = ''): string {
    const value = this.#read(name);
    if (value === undefined) return otherwise;
    const flat = oneLine(typeof value === 'object' ? value.join(', ') : String(value));
    return flat === '' ? otherwise : flat;
  }

  /** `render(value)`, or nothing where the value is absent. */
  part(name: string, render: (value: string) => string): string {
    const value = this.text(name);
    return value === '' ? '' : render(value);
  }

  /** A number with its unit: `render(number)`, or `otherwise`. */
  measure(name: string, render: (value: number) => string, otherwise = ''): string {
    const value = this.#read(name);
    return typeof value === 'number' && Number.isFinite(value) ? render(value) : otherwise;
  }

  number(name: string): number | undefined {
    const value = this.#read(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  /** The values of a list; a single value is a list of one. */
  list(name: string): readonly string[] {
    const value = this.#read(name);
    if (value === undefined) return [];
    return (typeof value === 'object' ? value : [String(value)]).map(oneLine);
  }

  /** The values of a list as people enumerate them: `a, b or c`; between backquotes where one of them has a comma itself. */
  choices(name: string, otherwise = ''): string {
    const given = this.list(name);
    const words = given.some((word) => word.includes(',')) ? given.map((word) => `\`${word}\``) : given;
    const last = words.at(-1);
    if (last === undefined) return otherwise;
    return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
  }

  #read(name: string): ErrorParameters[string] | undefined {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }
}

/** ` Did you mean x?`, or nothing. */
export function didYouMean(parameters: Parameters, name = 'nearest'): string {
  return parameters.part(name, (value) => ` Did you mean \`${value}\`?`);
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'").trim();
  return flat.length <= MAX_VALUE_CHARACTERS ? flat : `${flat.slice(0, MAX_VALUE_CHARACTERS - 1)}…`;
}
