import { type Figure, type Goal, isReached, median, ratio } from './figure.ts';

const HEADINGS = ['figure', 'measured', 'baseline', 'ratio', 'goal', ''] as const;

/** The figures as lines of one table: `median (min–max) unit`, the baseline, their ratio, the goal. */
export function table(figures: readonly Figure[]): readonly string[] {
  const rows = [HEADINGS, ...figures.map(row)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function row(figure: Figure): readonly string[] {
  const { name, unit, values, baseline, goal } = figure;
  const share = ratio(figure);
  const reached = isReached(figure);
  return [
    name,
    `${spread(values)} ${unit}`,
    baseline === undefined ? '' : `${spread(baseline.values)} ${baseline.name}`,
    share === undefined ? '' : share.toFixed(2),
    goal === undefined ? '' : goalText(goal, unit),
    reached === undefined ? '' : reached ? 'ok' : 'missed',
  ];
}

function spread(values: readonly number[]): string {
  const middle = number(median(values));
  return values.length === 1
    ? middle
    : `${middle} (${number(Math.min(...values))}–${number(Math.max(...values))})`;
}

function goalText({ kind, value }: Goal, unit: string): string {
  switch (kind) {
    case 'at_least':
      return `≥ ${number(value)} ${unit}`;
    case 'at_most':
      return `≤ ${number(value)} ${unit}`;
    case 'over_at_most':
      return `≤ ${number(value)} ${unit} over`;
    case 'ratio_at_least':
      return `ratio ≥ ${value}`;
    case 'ratio_at_most':
      return `ratio ≤ ${value}`;
  }
}

function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
