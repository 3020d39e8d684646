import type { Card } from '../../core/ports/chat.ts';
import { LiveScreen } from './live-screen.ts';
import { PlainScreen } from './plain-screen.ts';
import type { RenderSettings } from './render-card.ts';

/** One message of a thread. */
export interface ScreenMessage {
  /** The same message edited has the same key. */
  readonly key: string;
  readonly card: Card;
  /** It will be edited again: only such messages, and what stands below them, are drawn in place. */
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

/** Whether a card will probably be edited again: it is about something that waits or runs. */
export function isLiveCard(card: Card): boolean {
  return card.mark === 'waiting' || card.mark === 'running';
}
