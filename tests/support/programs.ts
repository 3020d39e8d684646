import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** Programs that tests and benchmarks start: many times, or to measure them. */
const PROGRAMS = {
  'held-bots': 'tests/faults/remote/held-bots.ts',
  'killed-batch-bot': 'tests/faults/killed-batch-bot.ts',
  'killed-bot': 'tests/faults/killed-bot.ts',
  'transfer-child': 'tests/integration/ssh/transfer-child.ts',
  'transfer-bench-child': 'tests/bench/ssh/transfer-child.ts',
} as const satisfies Record<string, string>;

type ProgramName = keyof typeof PROGRAMS;

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** Below the package, whose libraries the programs need. */
const DIRECTORY = 'dist/tests';

/** Where a program is once it was built. */
export function programPath(name: ProgramName): string {
  return `${PACKAGE}${DIRECTORY}/${name}.js`;
}

/** Bundles programs as the bot is shipped: sources that Node strips of their types first start later, in more memory. */
export async function buildPrograms(
  names: readonly ProgramName[] = Object.keys(PROGRAMS) as ProgramName[],
): Promise<void> {
  await build({
    cwd: PACKAGE,
    input: Object.fromEntries(names.map((name) => [name, PROGRAMS[name]])),
    platform: 'node',
    external: ['better-sqlite3', /^node-av($|\/)/, /^ssh2($|\/)/, 'zlib-sync'],
    checks: { eval: false },
    output: { dir: DIRECTORY, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
    logLevel: 'warn',
  });
}
