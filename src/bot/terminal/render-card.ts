import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import { quoteOption, quoteWord } from '../commands/parse-words.ts';
import { widthOf } from '../text-width.ts';
import { percent } from '../wording/numbers.ts';
import { fill, hang, hardWrap, wrap } from './layout.ts';
import { markSign, markStyle, styled } from './marks.ts';
import { safeText, spanText, type TextSettings } from './plain-text.ts';
import { renderRows } from './render-rows.ts';

/** How and for whom a card is drawn. */
export interface RenderSettings extends TextSettings {
  /** Columns; no line is wider. At least 10; infinite where lines are not broken. */
  readonly width: number;
  readonly color: boolean;
  /** What stands before a verb that is typed; `/cosmos` where it is not said. */
  readonly commandPrefix?: string;
}

const INDENT = '  ';
const BAR_COLUMNS = 20;
const NARROW_BAR_COLUMNS = 8;
/** Below this width a long bar would leave no room for its words. */
const NARROW = 70;

/**
 * The lines of a card for a terminal. Texts of people and machines are neutralised: no line holds a control
 * character but the colour sequences that `color` asks for.
 */
export function renderCard(card: Card, settings: RenderSettings): readonly string[] {
  const sign = markSign(card.mark, settings.unicode);
  const title = styledText(card.title, settings);
  const head = sign === '' ? '' : `${styled(sign, markStyle(card.mark), settings.color)} `;
  const lines = [
    ...hang(head, title, settings.width, sign === '' ? '' : INDENT),
    ...card.blocks.flatMap((block) => renderBlock(block, settings)),
    ...renderActions(card.actions, settings),
  ];
  return lines.flatMap((line) => hardWrap(line, settings.width)).map((line) => line.trimEnd());
}

/** `█████████░░░░░░░░░░░  46 %`; without a percentage an empty bar. */
export function progressBar(value: number | undefined, settings: RenderSettings): string {
  const columns = settings.width < NARROW ? NARROW_BAR_COLUMNS : BAR_COLUMNS;
  const bounded = value === undefined || !Number.isFinite(value) ? 0 : Math.min(100, Math.max(0, value));
  const full = bounded === 100 ? columns : Math.min(columns - 1, Math.round((bounded / 100) * columns));
  const [done, open] = settings.unicode ? ['█', '░'] : ['#', '.'];
  const bar =
    styled(done.repeat(full), 'cyan', settings.color) +
    styled(open.repeat(columns - full), 'dim', settings.color);
  return value === undefined ? bar : `${bar} ${percent(bounded).padStart(5)}`;
}

function renderBlock(block: CardBlock, settings: RenderSettings): readonly string[] {
  switch (block.type) {
    case 'text':
      return hang(INDENT, styledText(block.text, settings), settings.width, INDENT);
    case 'quote':
      return quoteLines(block.text, settings);
    case 'rows':
      return renderRows(
        block.rows.map((row) => row.map((cell) => styledText(cell, settings))),
        settings.width - INDENT.length,
      ).map((line) => INDENT + line);
    case 'progress': {
      const bar = `${INDENT}${progressBar(block.percent, settings)}   `;
      return hang(bar, styledText(block.label, settings), settings.width, ' '.repeat(widthOf(bar)));
    }
    case 'log':
      return block.lines.map((line) => logLine(line, settings));
    // A terminal shows no pictures, and the path of one tells nothing.
    case 'picture':
      return [];
  }
}

/** The lines of a text that somebody wrote, each contained for itself. */
function quoteLines(text: string, settings: RenderSettings): readonly string[] {
  const edge = `${INDENT}${styled(settings.unicode ? '▏' : '|', 'dim', settings.color)} `;
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .flatMap((line) =>
      hang(edge, styled(safeText(line, settings), 'italic', settings.color), settings.width, edge),
    );
}

/** One line of a log is one line of the screen: its end is cut. */
function logLine(text: string, settings: RenderSettings): string {
  const edge = `${INDENT}${settings.unicode ? '│' : '|'} `;
  return styled(
    fill(edge + safeText(text.trimEnd(), settings), settings.width, settings.unicode ? '…' : '~'),
    'dim',
    settings.color,
  );
}

/** `Cancel: /cosmos cancel rs_3fq8w1zz   Log: /cosmos logs rs_3fq8w1zz`, broken between the commands. */
function renderActions(actions: readonly CardAction[], settings: RenderSettings): readonly string[] {
  if (actions.length === 0) return [];
  const arrow = settings.unicode ? '→' : '->';
  const texts = grouped(actions, settings.commandPrefix ?? '/cosmos').map(({ label, command }) => {
    const name =
      label === undefined ? '' : `${styled(`${safeText(label, settings)}:`, 'dim', settings.color)} `;
    return name + styled(safeText(command, settings), 'cyan', settings.color);
  });
  return wrap(texts, settings.width - INDENT.length - 2, '   ').map(
    (line, index) => `${INDENT}${index === 0 ? arrow : ' '.repeat(arrow.length)} ${line}`,
  );
}

interface TypedAction {
  /** Absent where several buttons share one command. */
  readonly label?: string;
  readonly command: string;
}

/** Buttons that differ only in their last argument are one command: `rate rs_3fq8w1zz 1|2|3|4|5`. */
function grouped(actions: readonly CardAction[], prefix: string): readonly TypedAction[] {
  const groups = Map.groupBy(actions, (action) =>
    [action.verb, action.target, ...(action.arguments ?? []).slice(0, -1)].join('\0'),
  );
  return [...groups.values()].flatMap((group): readonly TypedAction[] => {
    const alternatives = group.flatMap((action) => action.arguments?.slice(-1) ?? []);
    const [first] = group;
    if (first !== undefined && group.length > 1 && alternatives.length === group.length) {
      return [
        {
          command: typed(
            prefix,
            { ...first, arguments: [...(first.arguments ?? []).slice(0, -1)] },
            alternatives.map(quoteWord).join('|'),
          ),
        },
      ];
    }
    return group.map((action) => ({ label: action.label, command: typed(prefix, action) }));
  });
}

function typed(prefix: string, action: CardAction, last?: string): string {
  const target = action.target === '' ? [] : [action.target];
  const words = [action.verb, ...target, ...(action.arguments ?? [])].map(quoteOption);
  return [prefix, ...words, ...(last === undefined ? [] : [last])].join(' ');
}

function styledText(text: Text, settings: RenderSettings): string {
  return text
    .map((span) => {
      const plain = spanText(span, settings);
      if (typeof span === 'string' || 'time' in span) return plain;
      if ('code' in span) return styled(plain, 'cyan', settings.color);
      return styled(plain, 'bold', settings.color);
    })
    .join('');
}
