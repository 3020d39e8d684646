import { type APIApplicationCommandAttachmentOption, ApplicationCommandOptionType as Type } from 'discord.js';
import type { ArgumentDefinition, CommandDefinition } from '../../commands/definition.ts';
import { COMMAND_LIMITS as LIMITS } from './command-limits.ts';
import { optionBase, textChoices } from './option-base.ts';

const IDS: ReadonlySet<string> = new Set<ArgumentDefinition['kind']>([
  'prompt_id',
  'run_id',
  'request_id',
  'prompt_or_run',
  'run_or_request',
  'any_id',
]);

/** Whether an argument names a prompt or a run. */
export function isId({ kind }: Pick<ArgumentDefinition, 'kind'>): boolean {
  return IDS.has(kind);
}

/** The one word that an argument can be: nobody is asked for it. */
export function fixedWord({ choices, required }: ArgumentDefinition): string | undefined {
  return required && choices?.length === 1 ? choices[0] : undefined;
}

export function isFixed(argument: ArgumentDefinition): boolean {
  return fixedWord(argument) !== undefined;
}

/** The option for all `name=value` words of a verb: `parameters` where they are written `parameter=value`. */
export function assignmentsOption({ assignments }: CommandDefinition): string | undefined {
  if (assignments === undefined) return undefined;
  const [name = ''] = assignments.pattern.split('=');
  return `${name}s`;
}

/** Files are attached, where a path would be typed: `file`, `file-2`, … */
export function fileOptions(
  { help }: ArgumentDefinition,
  helpCharacters: number,
): readonly APIApplicationCommandAttachmentOption[] {
  return Array.from({ length: LIMITS.files }, (_, index) => ({
    ...optionBase(index === 0 ? 'file' : `file-${index + 1}`, help, helpCharacters),
    type: Type.Attachment,
  }));
}

/** Undefined where there are too many, or none. */
export function modelChoices(models: readonly string[]) {
  return textChoices([...new Set(models)]);
}
