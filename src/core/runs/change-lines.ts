import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** A line that is longer is changed in parts, characters. */
const LONGEST_LINE = 64 * 1024;

/**
 * Copies the file at `from` to `to`, each line as `change` makes it, and returns the bytes of the copy. What is no UTF-8
 * becomes replacement characters.
 */
export async function changeLines(
  from: string,
  to: string,
  change: (line: string) => string,
): Promise<number> {
  const target = createWriteStream(to);
  const changed = async function* (): AsyncGenerator<string> {
    let rest = '';
    for await (const text of createReadStream(from, 'utf8')) {
      rest += String(text);
      // Progress overwrites its line: a carriage return ends one too.
      const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
      const whole = end > 0 || rest.length <= LONGEST_LINE ? end : rest.length;
      if (whole === 0) continue;
      yield change(rest.slice(0, whole));
      rest = rest.slice(whole);
    }
    if (rest !== '') yield change(rest);
  };
  await pipeline(changed, target);
  return target.bytesWritten;
}
