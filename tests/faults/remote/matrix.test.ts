import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { GpuBox, missingForBox } from './gpu-box.ts';
import { PHASE_NAMES } from './phases.ts';
import { type Played, play } from './play.ts';

const SET_UP_MS = 120_000;
/** All phases of one fault, on a slow machine. */
const FAULT_MS = 180_000;

const missing = await missingForBox();

describe.skipIf(missing !== undefined)(
  `a GPU host over SSH with Docker${missing ? ` (${missing})` : ''}`,
  () => {
    let box: GpuBox;
    beforeAll(async () => {
      box = await GpuBox.create();
    }, SET_UP_MS);
    afterAll(() => box?.[Symbol.asyncDispose](), SET_UP_MS);

    describe.each(FAULTS.map((fault, index) => ({ ...fault, name: `fault-${index}` })))('$title', (fault) => {
      let played: Played;
      beforeAll(async () => {
        played = await play(box, fault, fault.name);
      }, FAULT_MS);

      it.each(PHASE_NAMES.filter((phase) => typeof fault.ends[phase] !== 'string'))(
        'while %s',
        async (phase) => {
          const end = fault.ends[phase];
          if (typeof end === 'string') return;
          const { words, ...seen } = played.seen.get(phase) ?? { words: '' };
          expect(seen, played.log(phase)).toEqual({
            outcome: end.outcome,
            starts: end.starts,
            ...(end.code && { code: end.code }),
            isSameVideo: end.outcome === 'done',
            isSameInput: true,
            ends: 1,
            left: [],
            isForeignWhole: true,
          });
          expect(words).toMatch(end.says ?? /^$/);
        },
      );

      it("leaves somebody else's container alone", async () => {
        expect(await box.isForeignThere()).toBe(true);
      });
    });
  },
);
