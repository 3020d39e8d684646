/** What a figure has to reach, by how it is compared; `baseline` must be there for the last three. */
export type Goal =
  | { readonly kind: 'at_least'; readonly value: number }
  | { readonly kind: 'at_most'; readonly value: number }
  /** Above the baseline, in the figure's unit. */
  | { readonly kind: 'over_at_most'; readonly value: number }
  | { readonly kind: 'ratio_at_least'; readonly value: number }
  | { readonly kind: 'ratio_at_most'; readonly value: number };

/** One line of the table. Baseline and measured values come from the same run, by turns. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly baseline?: { readonly name: string; readonly values: readonly number[] };
  readonly goal?: Goal;
}

export interface Benchmark {
  /** What `npm run bench -- <word>` looks in. */
  readonly name: string;
  /** Measures below `directory`, which is empty at first and removed afterwards. */
  readonly measure: (directory: string) => Promise<readonly Figure[]>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('nothing was measured');
  return (lower + upper) / 2;
}

/** Measured over baseline, each by its median; undefined without a baseline. */
export function ratio({ values, baseline }: Figure): number | undefined {
  return baseline && median(values) / median(baseline.values);
}

/** Undefined where there is no goal. */
export function isReached(figure: Figure): boolean | undefined {
  const { goal, values, baseline, name } = figure;
  if (goal === undefined) return undefined;
  const value = median(values);
  if (goal.kind === 'at_least') return value >= goal.value;
  if (goal.kind === 'at_most') return value <= goal.value;
  if (baseline === undefined) throw new Error(`${name} has no baseline`);
  const base = median(baseline.values);
  if (goal.kind === 'over_at_most') return value - base <= goal.value;
  return goal.kind === 'ratio_at_least' ? value / base >= goal.value : value / base <= goal.value;
}
