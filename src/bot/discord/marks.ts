import type { Mark } from '../../core/ports/chat.ts';

/** The sign of each mark, and the colour at the edge of its card. */
export const MARKS = {
  none: undefined,
  waiting: { sign: '⏳', color: 0x95_a5_a6 },
  running: { sign: '▶', color: 0x34_98_db },
  done: { sign: '✅', color: 0x2e_cc_71 },
  failed: { sign: '❌', color: 0xe7_4c_3c },
  blocked: { sign: '⛔', color: 0xe6_7e_22 },
  cancelled: { sign: '⏹', color: 0x7f_8c_8d },
  lost: { sign: '❓', color: 0x9b_59_b6 },
  warning: { sign: '⚠', color: 0xf1_c4_0f },
} as const satisfies Record<Mark, { readonly sign: string; readonly color: number } | undefined>;
