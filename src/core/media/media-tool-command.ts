import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';

/** As it is built, also where the bot runs from its sources: it is started for every file, and starts sooner that way. */
const TOOL = join(PACKAGE_ROOT, 'dist/core/media/tool/main.js');

/** Program and first arguments of the bot's own media tool; a subcommand follows. */
export function mediaToolCommand(nodePath: string): readonly [string, ...string[]] {
  return [nodePath, TOOL];
}
