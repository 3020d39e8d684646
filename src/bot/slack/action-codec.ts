import type { Button } from '@slack/types';
import { z } from 'zod';
import type { CardAction } from '../../core/ports/chat.ts';
import { clean, clip } from '../chat/clean-text.ts';
import { LIMITS } from './limits.ts';

const PREFIX = 'cosmos.';
/** The buttons of cards, among all that can be clicked: what a listener of actions subscribes to. */
export const CARD_ACTION_ID = /^cosmos\.[0-9]+\./;

/** What a click on a card's button means. */
export type ParsedAction = Required<Pick<CardAction, 'verb' | 'target' | 'arguments'>>;

const valueSchema = z.tuple([z.string().min(1), z.string()], z.string());

/** The button of an action, the `index`th of its card; undefined where Slack does not carry so much. */
export function toButton(action: CardAction, index: number): Button | undefined {
  const value = JSON.stringify([action.verb, action.target, ...(action.arguments ?? [])]);
  if (value.length > LIMITS.buttonValue || action.verb === '') return undefined;
  const label = clean(action.label).trim();
  return {
    type: 'button',
    action_id: `${PREFIX}${index}.${clean(action.verb)}`.slice(0, LIMITS.identifier),
    text: { type: 'plain_text', text: clip(label === '' ? action.verb : label, LIMITS.buttonText) },
    value,
    ...(action.style !== undefined && { style: action.style }),
  };
}

/** Reads what `toButton` wrote; undefined for everything else. */
export function parseAction(actionId: string, value: string | undefined): ParsedAction | undefined {
  if (value === undefined || !CARD_ACTION_ID.test(actionId)) return undefined;
  const parsed = valueSchema.safeParse(jsonOf(value));
  if (!parsed.success) return undefined;
  const [verb, target, ...rest] = parsed.data;
  return { verb, target, arguments: rest };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
