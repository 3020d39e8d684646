import { type APIButtonComponentWithCustomId, ButtonStyle, ComponentType } from 'discord.js';
import type { CardAction } from '../../core/ports/chat.ts';
import { clean, clip } from '../chat/clean-text.ts';
import { LIMITS } from './limits.ts';

const SIGN = 'cosmos';
const SEPARATOR = '|';

/** What a click on a card's button means. */
export type ParsedAction = Required<Pick<CardAction, 'verb' | 'target' | 'arguments'>>;

/** The button of an action, the `index`th of its card; undefined where Discord does not carry so much. */
export function toButton(action: CardAction, index: number): APIButtonComponentWithCustomId | undefined {
  const parts = [action.verb, action.target, ...(action.arguments ?? [])];
  const customId = [SIGN, String(index), ...parts.map(escaped)].join(SEPARATOR);
  if (customId.length > LIMITS.customId || action.verb === '') return undefined;
  const label = clean(action.label).trim();
  return {
    type: ComponentType.Button,
    style: styleOf(action),
    label: clip(label === '' ? action.verb : label, LIMITS.label),
    custom_id: customId,
  };
}

/** Reads what `toButton` wrote; undefined for everything else. */
export function parseAction(customId: string): ParsedAction | undefined {
  const [sign, index, verb, target, ...rest] = customId.split(SEPARATOR);
  if (sign !== SIGN || index === undefined || verb === undefined || target === undefined) return undefined;
  return { verb: unescaped(verb), target: unescaped(target), arguments: rest.map(unescaped) };
}

function styleOf({ style }: CardAction): APIButtonComponentWithCustomId['style'] {
  if (style === 'primary') return ButtonStyle.Primary;
  return style === 'danger' ? ButtonStyle.Danger : ButtonStyle.Secondary;
}

function escaped(part: string): string {
  return part.toWellFormed().replaceAll('%', '%25').replaceAll(SEPARATOR, '%7C');
}

function unescaped(part: string): string {
  return part.replaceAll('%7C', SEPARATOR).replaceAll('%25', '%');
}
