import type { CardAction, CardBlock, Span, Text } from '../../core/ports/chat.ts';

/** Something that may stand in a sentence; `undefined` and false are left out. */
export type Part = Span | Text | undefined | false;

/** One line out of parts, without anything between them. */
export function line(...parts: readonly Part[]): Text {
  return parts.flatMap((part) =>
    part === undefined || part === false || part === '' ? [] : isText(part) ? part : [part],
  );
}

/** Facts side by side: `a · b · c`. */
export function facts(...parts: readonly Part[]): Text {
  return parts
    .map((part) => line(part))
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [' · ', ...part]));
}

/** A block of one line. */
export function paragraph(...parts: readonly Part[]): CardBlock {
  return { type: 'text', text: line(...parts) };
}

/** A sentence in which what stands between backquotes is to be typed, or a name. */
export function sentence(text: string): Text {
  return text.split('`').flatMap((piece, index): Text => {
    if (piece === '') return [];
    return index % 2 === 1 ? [{ code: piece }] : [piece];
  });
}

/** A name as chats write people; it does not call them. */
export function person(name: string): string {
  return `@${name.replace(/^@/, '')}`;
}

/** A button for `verb target …`. */
export function action(
  verb: string,
  target: string,
  label: string,
  extra: Partial<CardAction> = {},
): CardAction {
  return { verb, target, label, ...extra };
}

function isText(part: Span | Text): part is Text {
  return Array.isArray(part);
}
