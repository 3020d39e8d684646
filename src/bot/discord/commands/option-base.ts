import type { APIApplicationCommandOptionChoice } from 'discord.js';
import { cut } from '../../forms/label.ts';
import { COMMAND_LIMITS as LIMITS } from './command-limits.ts';

/** What every option has. */
export interface OptionBase {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

/** `helpCharacters`: as long as its description may be, at most 100. */
export function optionBase(name: string, help: string, helpCharacters: number, required = false): OptionBase {
  return { name, description: describe(help, name, helpCharacters), required };
}

/** Words on one line, which may not be empty. */
export function describe(help: string, name: string, helpCharacters: number): string {
  const words = cut(help.toWellFormed().replaceAll('`', ''), helpCharacters);
  return words === '' ? name : words;
}

/** Undefined where Discord cannot show them: then they are typed. */
export function textChoices(
  values: readonly string[],
): APIApplicationCommandOptionChoice<string>[] | undefined {
  const fits = (value: string) =>
    value.trim() !== '' && value.length <= LIMITS.choice && value.isWellFormed();
  if (values.length === 0 || values.length > LIMITS.choices || !values.every(fits)) return undefined;
  return values.map((value) => ({ name: value, value }));
}
