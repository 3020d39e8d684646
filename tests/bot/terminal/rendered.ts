import { type RenderSettings, renderCard } from '../../../src/bot/terminal/render-card.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { NOW } from '../samples.ts';

export const SETTINGS: RenderSettings = { width: 90, color: false, unicode: true, timeZone: 'UTC', now: NOW };

/** A card as a terminal of 90 columns shows it. */
export function rendered(card: Card, settings: Partial<RenderSettings> = {}): string {
  return `\n${renderCard(card, { ...SETTINGS, ...settings }).join('\n')}\n`;
}
