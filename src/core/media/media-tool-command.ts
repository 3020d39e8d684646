import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';

/** Where the tool is in the source tree, and where the build puts it. */
const TOOL = import.meta.url.endsWith('.ts')
  ? join(PACKAGE_ROOT, 'src/core/media/tool/main.ts')
  : join(PACKAGE_ROOT, 'dist/core/media/tool/main.js');

/** Program and first arguments of the bot's own media tool; a subcommand follows. */
export function mediaToolCommand(nodePath: string): readonly [string, ...string[]] {
  return [nodePath, TOOL];
}
