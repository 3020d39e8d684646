import type { CommandDefinition, CommandTable } from '../../commands/definition.ts';
import { splitWords } from '../../commands/parse-words.ts';
import { COMMANDS } from '../../commands/registry.ts';
import { assignmentsOption, fixedWord } from './command-parts.ts';

/** An option of an interaction, as Discord sends it and as the library shows it. */
export interface GivenOption {
  readonly name: string;
  readonly value?: string | number | boolean;
  /** Those of a subcommand. */
  readonly options?: readonly GivenOption[];
}

/**
 * The words of the command that somebody has chosen, verb first, as `readWords` takes them. Files are not among them.
 * An option that the verb does not have is taken for a parameter: the answer says what is wrong with it.
 */
export function optionsToWords(
  given: readonly GivenOption[],
  commands: CommandTable = COMMANDS,
): readonly string[] {
  const [chosen] = given;
  if (chosen === undefined) return ['help'];
  const definition = Object.hasOwn(commands, chosen.name) ? commands[chosen.name] : undefined;
  return definition === undefined
    ? [chosen.name]
    : [chosen.name, ...wordsOf(definition, chosen.options ?? [])];
}

function wordsOf(definition: CommandDefinition, given: readonly GivenOption[]): readonly string[] {
  const values = new Map(
    given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
  );
  const take = (name: string): string | number | boolean | undefined => {
    const value = values.get(name);
    values.delete(name);
    return value;
  };
  const positional = definition.arguments.flatMap((argument) => {
    const fixed = fixedWord(argument);
    if (fixed !== undefined) return [fixed];
    if (argument.kind === 'path') {
      // Attachments have ids where others have values.
      for (const name of values.keys()) if (/^file(-\d+)?$/.test(name)) values.delete(name);
      return [];
    }
    const value = take(argument.name);
    if (value === undefined) return [];
    return argument.variadic === true ? String(value).split(/\s+/).filter(Boolean) : [String(value)];
  });
  const options = definition.options.flatMap(({ name, type }) => {
    const value = take(name);
    if (value === undefined) return [];
    // No is no silence: a run that was a draft stays one where nothing is said.
    return type === 'flag'
      ? [value === false ? `--${name}=false` : `--${name}`]
      : [`--${name}`, String(value)];
  });
  const list = assignmentsOption(definition);
  const listed = list === undefined ? undefined : take(list);
  const assignments = [...values].map(([name, value]) => `${name}=${value}`);
  const isLikeOption = positional.some((word) => /^[-—–]/.test(word));
  return [
    ...options,
    ...(isLikeOption ? ['--'] : []),
    ...positional,
    ...(listed === undefined ? [] : separated(String(listed)).filter((word) => !isNamed(word, values))),
    // What has an option of its own was chosen, and wins over what was typed.
    ...assignments,
  ];
}

function separated(text: string): readonly string[] {
  const split = splitWords(text);
  return split.ok ? split.value.map((word) => word.text) : [text];
}

function isNamed(word: string, chosen: ReadonlyMap<string, unknown>): boolean {
  return word.includes('=') && chosen.has(word.slice(0, word.indexOf('=')));
}
