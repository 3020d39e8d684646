import { createInterface } from 'node:readline';
import { hasOpenQuote } from './open-quote.ts';

/** Whatever could close an open quotation mark: a line without any is not worth reading all of them again. */
const CLOSING_MARK = /["'“”’]/;

/** Reads a pipe line by line; a line with an open quotation mark goes on in the next one. Returns how to end it. */
export function readLines(input: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  const reader = createInterface({ input, terminal: false });
  let open: string[] = [];
  const send = (): void => {
    const line = open.join('\n');
    open = [];
    onLine(line);
  };
  reader.on('line', (line) => {
    open.push(line);
    if (open.length > 1 && !CLOSING_MARK.test(line)) return;
    if (!hasOpenQuote(open.join('\n'))) send();
  });
  reader.on('close', () => {
    if (open.length > 0) send();
  });
  return () => {
    reader.removeAllListeners();
    reader.close();
  };
}
