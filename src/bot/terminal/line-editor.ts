import { createInterface, emitKeypressEvents } from 'node:readline';
import { Writable } from 'node:stream';
import type { InputLine } from './render-screen.ts';

export interface LineEditor {
  close(): void;
}

/**
 * Lets somebody type lines below a thread that is drawn in place: Node's own line editing (cursor, history, paste), drawn
 * by the screen instead of by Node. From a pipe it just reads lines.
 */
export function openLineEditor(
  input: NodeJS.ReadStream,
  handlers: {
    readonly onType: (line: InputLine) => void;
    readonly onLine: (line: string) => void;
    /** Ctrl-C or Ctrl-D on an empty line. */
    readonly onLeave: () => void;
  },
): LineEditor {
  const { onType, onLine, onLeave } = handlers;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = input.isTTY === true;
  const editor = createInterface({ input, output: nowhere, terminal, historySize: 200 });
  let isClosed = false;
  const draw = (): void => {
    if (!isClosed) onType({ prompt: '› ', text: editor.line, cursor: editor.cursor });
  };
  editor.on('line', (line) => {
    onLine(line);
    if (terminal) draw();
  });
  editor.on('SIGINT', onLeave);
  if (terminal) {
    editor.on('close', onLeave);
    emitKeypressEvents(input, editor);
    input.on('keypress', () => setImmediate(draw));
    draw();
  }
  return {
    close: () => {
      isClosed = true;
      editor.removeAllListeners();
      input.removeAllListeners('keypress');
      editor.close();
      input.unref?.();
    },
  };
}
