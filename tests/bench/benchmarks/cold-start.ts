import { LAUNCHER } from '../../support/launcher.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { wallTime } from '../processes.ts';

const ROUNDS = 15;
/** `--help` and `status` are typed all the time: they may cost this much above Node itself, ms. */
const GOAL = { kind: 'over_at_most', value: 60 } as const;

const COMMANDS = { help: ['--help'], status: ['status'], 'list runs': ['list', 'runs'] } as const;

/** Wall time of whole processes, compiled, with the files and the compile cache warm. */
export const coldStart: Benchmark = {
  name: 'cold-start',
  measure: async (directory) => {
    const bare: number[] = [];
    const took = new Map<string, number[]>(Object.keys(COMMANDS).map((name) => [name, []]));
    for (let round = -2; round < ROUNDS; round += 1) {
      const empty = await wallTime(process.execPath, ['-e', '0'], { directory });
      if (round >= 0) bare.push(empty);
      for (const [name, words] of Object.entries(COMMANDS)) {
        const ms = await wallTime(process.execPath, [LAUNCHER, ...words], { directory });
        if (round >= 0) took.get(name)?.push(ms);
      }
    }
    return [...took].map(
      ([name, values]): Figure => ({
        name: `cosmos ${name === 'help' ? '--help' : name}: whole process`,
        unit: 'ms',
        values,
        baseline: { name: 'ms node -e 0', values: bare },
        goal: GOAL,
      }),
    );
  },
};
