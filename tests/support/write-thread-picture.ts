import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';

/**
 * Draws what a terminal shows (text with colour sequences, from standard input) as docs/images/thread.svg:
 *   FORCE_COLOR=1 … | node tests/support/write-thread-picture.ts [still.jpg]
 * A still of the finished video is put below the text.
 */
const COLUMN = 8.4;
const ROW = 19;
const EDGE = 20;
const COLORS: Readonly<Record<string, string>> = {
  '0': '#d6deeb',
  '1': '#ffffff',
  '2': '#7b8a9e',
  '31': '#ff7a85',
  '32': '#8bd49c',
  '33': '#e6c07b',
  '34': '#7fb4ff',
  '36': '#6fd3e0',
};
const FOREGROUND = '#d6deeb';
const SEQUENCE = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);

const [still] = process.argv.slice(2);
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const columns = Math.max(...lines.map((line) => stringWidth(line)));
const width = Math.ceil(columns * COLUMN + 2 * EDGE);
const stillWidth = Math.min(width - 2 * EDGE, 760);
const stillHeight = still === undefined ? 0 : Math.round((stillWidth * 232) / 1280);
const height = lines.length * ROW + 2 * EDGE + (still === undefined ? 0 : stillHeight + EDGE);
const rows = lines.map((line, index) => row(line, EDGE + (index + 1) * ROW - 5));
const picture =
  still === undefined
    ? ''
    : `<image x="${EDGE}" y="${lines.length * ROW + 2 * EDGE}" width="${stillWidth}" height="${stillHeight}" href="data:image/jpeg;base64,${readFileSync(still).toString('base64')}"/>`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A finished thread in the terminal</title>
<rect width="100%" height="100%" rx="10" fill="#131a24"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${rows.join('\n')}
</g>
${picture}
</svg>
`;
writeFileSync(fileURLToPath(new URL('../../docs/images/thread.svg', import.meta.url)), svg);

/** One line; each run of one colour is placed at its own column, so that a reader's font cannot shift the rest. */
function row(line: string, y: number): string {
  let column = 0;
  let color = FOREGROUND;
  const parts: string[] = [];
  for (const part of line.split(SEQUENCE)) {
    if (SEQUENCE.test(part)) {
      color = COLORS[part.slice(2, -1).split(';').at(-1) ?? '0'] ?? FOREGROUND;
      continue;
    }
    if (part === '') continue;
    const length = stringWidth(part);
    if (part.trim() !== '') {
      const x = EDGE + column * COLUMN;
      parts.push(
        `<text x="${x}" y="${y}" fill="${color}" textLength="${length * COLUMN}">${escapeMarkup(part)}</text>`,
      );
    }
    column += length;
  }
  return parts.join('');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
