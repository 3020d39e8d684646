import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startCosmos } from './run-cosmos.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A fresh directory with this configuration. */
export async function configuredDirectory(toml: string): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'cosmos.toml'), toml);
  return directory;
}

/** `cosmos start`, until the test ends. */
export function startedDaemon(directory: string, environment: Readonly<Record<string, string>>) {
  const child = startCosmos(['start'], { directory, environment });
  const ended = once(child, 'close');
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk);
      for (const listener of listeners) listener();
    });
  }
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return {
    child,
    ended,
    /** Resolves with all that was said once these words are in it. */
    said: async (words: string) =>
      await new Promise<string>((resolve) => {
        const look = () => {
          if (text.includes(words)) resolve(text);
        };
        listeners.add(look);
        look();
      }),
  };
}
