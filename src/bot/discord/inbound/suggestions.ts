import type {
  APIApplicationCommandAutocompleteInteraction,
  APIApplicationCommandOptionChoice,
} from 'discord.js';
import type { FormChoice, TypedOption } from '../../../core/ports/chat-surfaces.ts';
import { clean, clip } from '../../chat/clean-text.ts';
import { COMMAND_LIMITS } from '../commands/command-limits.ts';

interface Option {
  readonly name: string;
  readonly value?: unknown;
  readonly focused?: boolean | undefined;
  readonly options?: readonly Option[] | undefined;
}

/** What is offered for the option that somebody is typing, within Discord's limits. */
export function suggestions(
  { data }: APIApplicationCommandAutocompleteInteraction,
  suggest: (typing: Pick<TypedOption, 'verb' | 'option' | 'typed'>) => readonly FormChoice[],
): APIApplicationCommandOptionChoice<string>[] {
  const given: readonly Option[] = data.options ?? [];
  const [chosen] = given;
  const focused = chosen?.options?.find((each) => each.focused === true);
  if (chosen === undefined || focused === undefined) return [];
  const typed = String(focused.value ?? '');
  return suggest({ verb: chosen.name, option: focused.name, typed })
    .filter(({ value }) => value !== '' && value.length <= COMMAND_LIMITS.choice && value.isWellFormed())
    .slice(0, COMMAND_LIMITS.choices)
    .map(({ value, label }) => {
      const shown = clean(label).trim();
      return { name: clip(shown === '' ? value : shown, COMMAND_LIMITS.choice), value };
    });
}
