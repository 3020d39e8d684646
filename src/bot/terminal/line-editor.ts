import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import type { InputLine, ScreenOutput } from './render-screen.ts';

export interface LineEditor {
  close(): void;
}

interface Handlers {
  readonly onType: (line: InputLine) => void;
  readonly onLine: (line: string) => void;
  /** Ctrl-C or Ctrl-D on an empty line. */
  readonly onLeave: () => void;
}

/** A key or a character of a paste. */
const CHARACTER = /^\P{Cc}+$/u;

/**
 * Lets somebody type lines below a thread that is drawn in place: Node's own line editing (cursor, history), drawn by the
 * screen instead of by Node. However much is pasted at once is put in and drawn at once. From a pipe it just reads lines.
 */
export function openLineEditor(
  input: NodeJS.ReadStream,
  output: ScreenOutput,
  handlers: Handlers,
): LineEditor {
  return input.isTTY === true ? editLines(input, output, handlers) : readLines(input, handlers);
}

function readLines(input: NodeJS.ReadStream, { onLine }: Handlers): LineEditor {
  const reader = createInterface({ input, terminal: false });
  reader.on('line', onLine);
  return {
    close: () => {
      reader.removeAllListeners();
      reader.close();
      input.unref?.();
    },
  };
}

function editLines(
  input: NodeJS.ReadStream,
  _output: ScreenOutput,
  { onType, onLine, onLeave }: Handlers,
): LineEditor {
  // Node's editor measures its whole line for each character: it gets no stream of its own but whole pieces of text.
  const silent = Object.assign(new Readable({ read: () => undefined }), {
    setRawMode: (mode: boolean) => input.setRawMode?.(mode),
  });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: silent, output: nowhere, terminal: true, historySize: 200 });
  let isClosed = false;
  let text = '';
  let pending: NodeJS.Immediate | undefined;

  const putIn = (): void => {
    if (text !== '' && !isClosed) editor.write(text);
    text = '';
  };
  const draw = (): void => {
    pending = undefined;
    if (isClosed) return;
    putIn();
    onType({ prompt: '› ', text: editor.line, cursor: editor.cursor });
  };
  const press = (character: string | undefined, key: Key): void => {
    if (character !== undefined && !key.ctrl && !key.meta && CHARACTER.test(character)) text += character;
    else {
      putIn();
      if (!isClosed) editor.write(character, key);
    }
    pending ??= setImmediate(draw);
  };

  editor.on('line', onLine);
  editor.on('SIGINT', onLeave);
  editor.on('close', () => {
    isClosed = true;
    onLeave();
  });
  input.on('end', onLeave);
  emitKeypressEvents(input);
  input.on('keypress', press);
  draw();
  return {
    close: () => {
      isClosed = true;
      input.removeListener('keypress', press);
      input.removeListener('end', onLeave);
      editor.removeAllListeners();
      editor.close();
      input.pause();
      input.unref?.();
    },
  };
}
