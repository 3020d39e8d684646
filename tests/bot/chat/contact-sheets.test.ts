import { expect, it } from 'vitest';
import { sheetColumns } from '../../../src/bot/chat/contact-sheets.ts';
import { sampleRun } from '../samples.ts';

/** Runs with every combination of so many values of `seed`, and of `edge` within each. */
function runs(seeds: number, edges = 1) {
  return Array.from({ length: seeds * edges }, (_, index) =>
    sampleRun({ parameters: { seed: Math.floor(index / edges), edge: (index % edges) / 100 } }),
  );
}

it.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 2],
  [8, 4],
  [9, 3],
  [50, 8],
  [500, 8],
])('%i values of one parameter stand in %i columns', (count, columns) => {
  expect(sheetColumns({ varied: ['seed'] }, runs(count))).toBe(columns);
});

it.each([
  [2, 3, 3],
  [3, 3, 3],
  [8, 3, 6],
  [7, 3, 3],
  [2, 8, 8],
  // More than find room side by side, or no whole rows: as if it were one parameter.
  [2, 9, 5],
])('%i × %i stand in %i columns, so that a column has one value of the second', (seeds, edges, columns) => {
  expect(sheetColumns({ varied: ['seed', 'edge'] }, runs(seeds, edges))).toBe(columns);
});
