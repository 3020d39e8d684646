import type { Card } from '../../core/ports/chat.ts';
import { LiveScreen } from './live-screen.ts';
import { PlainScreen } from './plain-screen.ts';
import type { RenderSettings } from './render-card.ts';

/** One message of a thread. */
export interface ScreenMessage {
  /** The same message edited has the same key. */
  readonly key: string;
  readonly card: Card;
  /** It will be edited again: such messages stay at the bottom and are drawn in place. */
  readonly live: boolean;
}

/** The line in which somebody types, drawn below the thread. */
export interface InputLine {
  readonly prompt: string;
  readonly text: string;
  /** Position in `text`, in UTF-16 units. */
  readonly cursor: number;
}

/** Where a screen is drawn: `process.stdout` fits. */
export interface ScreenOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** A terminal tells when it gets another width or height. */
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export type ScreenSettings = Omit<RenderSettings, 'width' | 'now'> & {
  /** Our time, for `3 min ago`. */
  readonly now: () => number;
  /** Columns where the output does not know its own. */
  readonly width?: number;
};

/** A view of a thread: call `show` with all its messages whenever one came or changed, or the width changed. */
export interface Screen {
  show(messages: readonly ScreenMessage[], input?: InputLine): void;
  /** Leaves the cursor below everything. */
  close(): void;
}

/** Drawn in place in a terminal; appended plain lines in a pipe or a file. */
export function openScreen(output: ScreenOutput, settings: ScreenSettings): Screen {
  return output.isTTY === true ? new LiveScreen(output, settings) : new PlainScreen(output, settings);
}

/**
 * Whether a message with this card will be edited again: the status of a run that waits or runs. It has a bar, or it
 * waits and can be cancelled; an answer about such a run has rows of facts or a log, and stays as it is.
 */
export function isLiveCard(card: Card): boolean {
  if (card.blocks.some((block) => block.type === 'progress')) return true;
  if (card.mark !== 'waiting' || card.blocks.some((block) => block.type === 'rows')) return false;
  return card.actions.some((action) => action.verb === 'cancel');
}
