import type { Mark } from '../../core/ports/chat.ts';

/** The sign of each mark: Slack's name of the emoji, and the character where only text is shown. */
export const MARKS = {
  none: undefined,
  waiting: { emoji: 'hourglass_flowing_sand', sign: '⏳' },
  running: { emoji: 'arrow_forward', sign: '▶' },
  done: { emoji: 'heavy_check_mark', sign: '✔' },
  failed: { emoji: 'x', sign: '✖' },
  blocked: { emoji: 'no_entry', sign: '⛔' },
  cancelled: { emoji: 'black_square_for_stop', sign: '◼' },
  lost: { emoji: 'question', sign: '?' },
  warning: { emoji: 'warning', sign: '⚠' },
} as const satisfies Record<Mark, { readonly emoji: string; readonly sign: string } | undefined>;
