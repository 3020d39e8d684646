import { watch } from 'node:fs';
import { systemCode } from '../../core/system-code.ts';

/**
 * Calls `onChange` with the names of what changes in a directory. `undefined` where the machine cannot tell (no such
 * directory, no watches left); a watch that breaks later falls silent, so that callers also have to ask now and then.
 */
export function watchDirectory(path: string, onChange: (name: string) => void): (() => void) | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => onChange(name ?? ''));
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown;
    return undefined;
  }
}
