import { enableCompileCache } from 'node:module';
import { UsageError } from './usage-error.ts';

/**
 * The bot's own media tool, a program of its own: `node main.js inspect|render-controls|sample …`. Only what a
 * subcommand needs is loaded, because loading FFmpeg takes most of a short call's time.
 */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<(argv: readonly string[]) => Promise<void>>>> = {
  inspect: async () => (await import('./inspect.ts')).inspect,
  'render-controls': async () => (await import('./render-controls.ts')).renderControls,
  sample: async () => (await import('./sample.ts')).sample,
};

/** 0: done, 1: failed, 2: asked for something that cannot be, 143: told to stop. */
const FAILED = 1;
const BAD_REQUEST = 2;

await main(process.argv.slice(2));

async function main([name = '', ...argv]: readonly string[]): Promise<void> {
  enableCompileCache();
  try {
    const load = SUBCOMMANDS[name];
    if (load === undefined) {
      throw new UsageError(
        `The subcommand must be one of ${Object.keys(SUBCOMMANDS).join(', ')}, got "${name}"`,
      );
    }
    await silenceLibrary();
    await (await load())(argv);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = isUsageError(error) ? BAD_REQUEST : FAILED;
  }
}

/** FFmpeg writes statistics to stderr by default, and x264 a page of them. */
async function silenceLibrary(): Promise<void> {
  const [{ AV_LOG_QUIET }, { Log }] = await Promise.all([import('node-av/constants'), import('node-av/lib')]);
  Log.setLevel(AV_LOG_QUIET);
}

function isUsageError(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}
