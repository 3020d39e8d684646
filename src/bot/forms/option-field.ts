import type { FormField, FormValues } from '../../core/ports/chat-surfaces.ts';
import type { ArgumentDefinition, OptionDefinition } from '../commands/definition.ts';
import { FIELD_WORDS } from '../wording/form-words.ts';
import { choiceLabel, fieldHelp, fieldLabel } from './label.ts';

/** The name of the field of an option: as it is typed. */
export function optionFieldName({ name }: Pick<OptionDefinition, 'name'>): string {
  return `--${name}`;
}

/** The question for an option. */
export function optionField(option: OptionDefinition, values: FormValues): FormField {
  const name = optionFieldName(option);
  const kind = fieldKind(option);
  const choices = option.type === 'flag' ? ['true', 'false'] : option.choices;
  return plainField({ ...option, name, label: option.name, kind, required: false, choices }, values[name]);
}

function fieldKind({ type }: OptionDefinition): Asked['kind'] {
  if (type === 'flag') return 'choice';
  return type === 'frame_rate' ? 'text' : type;
}

interface Asked
  extends Pick<ArgumentDefinition, 'name' | 'help' | 'required' | 'minimum' | 'maximum' | 'multiline'> {
  readonly label: string;
  readonly kind: 'text' | 'number' | 'choice';
  readonly choices?: readonly string[] | undefined;
}

/** The question for something that is typed; `given` is what was typed before. */
export function plainField(asked: Asked, given: string | undefined): FormField {
  const base = {
    name: asked.name,
    label: fieldLabel(capital(asked.label.replaceAll('-', ' '))),
    help: fieldHelp(asked.help.replaceAll('`', '')),
    required: asked.required,
  };
  switch (asked.kind) {
    case 'number': {
      const initial = Number(given);
      return {
        ...base,
        kind: 'number',
        whole: true,
        ...(given !== undefined && isWithin(initial, asked) && { initial }),
        ...(asked.minimum !== undefined && { minimum: asked.minimum }),
        ...(asked.maximum !== undefined && { maximum: asked.maximum }),
      };
    }
    case 'choice': {
      const choices = (asked.choices ?? []).map((value) => ({
        value,
        label: choiceLabel(choiceWord(value)),
      }));
      return {
        ...base,
        kind: 'choice',
        choices,
        refreshes: false,
        ...(given !== undefined && asked.choices?.includes(given) === true && { initial: given }),
      };
    }
    case 'text':
      return {
        ...base,
        kind: 'text',
        multiline: asked.multiline === true,
        ...(given !== undefined && { initial: given }),
      };
  }
}

function isWithin(value: number, { minimum = -Infinity, maximum = Infinity }: Asked): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}

function choiceWord(value: string): string {
  if (value === 'true') return FIELD_WORDS.yes;
  return value === 'false' ? FIELD_WORDS.no : value.replaceAll('_', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
