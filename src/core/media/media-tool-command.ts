import { fileURLToPath } from 'node:url';

/**
 * Program and first arguments of the bot's own media tool; a subcommand follows. The tool lies beside this file,
 * as TypeScript in the source tree and as JavaScript where the bot was built.
 */
export function mediaToolCommand(nodePath: string): readonly [string, ...string[]] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return [nodePath, fileURLToPath(new URL(`./tool/main.${extension}`, import.meta.url))];
}
