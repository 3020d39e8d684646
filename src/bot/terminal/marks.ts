import { styleText } from 'node:util';
import type { Mark } from '../../core/ports/chat.ts';

type Style = Parameters<typeof styleText>[0];

/** All glyphs are one column wide in every terminal, which emoji are not. */
const MARKS = {
  none: { glyph: '', ascii: '', style: 'reset' },
  waiting: { glyph: '○', ascii: '~', style: 'yellow' },
  running: { glyph: '▶', ascii: '>', style: 'cyan' },
  done: { glyph: '✔', ascii: '+', style: 'green' },
  failed: { glyph: '✖', ascii: 'x', style: 'red' },
  blocked: { glyph: '⊘', ascii: '#', style: 'magenta' },
  cancelled: { glyph: '◼', ascii: '=', style: 'gray' },
  lost: { glyph: '?', ascii: '?', style: 'red' },
  warning: { glyph: '▲', ascii: '!', style: 'yellow' },
} as const satisfies Record<Mark, { readonly glyph: string; readonly ascii: string; readonly style: Style }>;

/** The sign of a mark, one column wide; empty for `none`. */
export function markSign(mark: Mark, unicode: boolean): string {
  return unicode ? MARKS[mark].glyph : MARKS[mark].ascii;
}

export function markStyle(mark: Mark): Style {
  return MARKS[mark].style;
}

/** Adds escape sequences whatever the output is: the caller knows whether it takes colours. */
export function styled(text: string, style: Style, color: boolean): string {
  return color && text !== '' ? styleText(style, text, { validateStream: false }) : text;
}
