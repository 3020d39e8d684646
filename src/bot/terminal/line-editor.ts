import { createInterface, emitKeypressEvents, type Key } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { hasOpenQuote } from './open-quote.ts';
import { LINE_BREAK, pastedText, sentLine, shownLine } from './pasted-text.ts';
import { readLines } from './read-lines.ts';
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

const PROMPT = '› ';
/** A quotation mark is open. */
const CONTINUATION_PROMPT = '… ';

/** The terminal says where a paste begins and ends, so that no line break in it is taken for Enter. */
const MARK_PASTES = '\u001b[?2004h';
const DO_NOT_MARK_PASTES = '\u001b[?2004l';

/** A character that is typed or pasted; everything else is a key. */
const CHARACTER = /^\P{Cc}+$/u;

/**
 * Lets somebody type lines below a thread that is drawn in place: Node's own line editing (cursor, history), drawn by the
 * screen instead of by Node. However much is pasted is put in and drawn at once. A line with an open quotation mark goes on
 * in the next one. From a pipe it just reads lines.
 */
export function openLineEditor(
  input: NodeJS.ReadStream,
  output: ScreenOutput,
  handlers: Handlers,
): LineEditor {
  const end = input.isTTY === true ? editLines(input, output, handlers) : readLines(input, handlers.onLine);
  return {
    close: () => {
      end();
      input.unref?.();
    },
  };
}

function editLines(
  input: NodeJS.ReadStream,
  output: ScreenOutput,
  { onType, onLine, onLeave }: Handlers,
): () => void {
  // Node's editor measures its whole line for each character: it gets no stream of its own but whole pieces of text.
  const silent = Object.assign(new Readable({ read: () => undefined }), {
    setRawMode: (mode: boolean) => input.setRawMode?.(mode),
  });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: silent, output: nowhere, terminal: true, historySize: 200 });
  let isClosed = false;
  /** Typed and not put in yet. */
  let text = '';
  let paste: string | undefined;
  let lastKey: string | undefined;
  let pending: NodeJS.Immediate | undefined;

  const putIn = (more: string): void => {
    if (more !== '' && !isClosed) editor.write(more);
  };
  const putInText = (): void => {
    putIn(text);
    text = '';
  };
  const draw = (): void => {
    pending = undefined;
    if (isClosed) return;
    putInText();
    const { line, cursor } = editor;
    const isContinued = line.includes(LINE_BREAK) && hasOpenQuote(line);
    onType({ prompt: isContinued ? CONTINUATION_PROMPT : PROMPT, text: shownLine(line), cursor });
  };
  const pressEnter = (character: string | undefined, key: Key): void => {
    if (key.name === 'enter' && lastKey === 'return') return;
    if (hasOpenQuote(editor.line)) {
      editor.write(null, { ctrl: true, name: 'e' });
      editor.write(LINE_BREAK);
    } else editor.write(character, key);
  };
  const pressKey = (character: string | undefined, key: Key): void => {
    if (key.name === 'paste-start') paste = '';
    else if (key.name === 'return' || key.name === 'enter') pressEnter(character, key);
    else editor.write(character, key);
  };
  const press = (character: string | undefined, key: Key): void => {
    if (isClosed) return;
    pending ??= setImmediate(draw);
    if (paste !== undefined) {
      const isAbandoned = key.ctrl === true && key.name === 'c';
      if (key.name === 'paste-end') putIn(pastedText(paste));
      paste = isAbandoned || key.name === 'paste-end' ? undefined : paste + (key.sequence ?? '');
    } else if (character !== undefined && !key.ctrl && !key.meta && CHARACTER.test(character)) {
      text += character;
    } else {
      putInText();
      pressKey(character, key);
    }
    lastKey = key.name;
  };
  const end = (): void => {
    if (isClosed) return;
    isClosed = true;
    clearImmediate(pending);
    input.removeListener('keypress', press);
    input.pause();
    if (output.isTTY === true) output.write(DO_NOT_MARK_PASTES);
  };

  editor.on('line', (line) => onLine(sentLine(line)));
  editor.on('SIGINT', () => {
    if (editor.line === '') onLeave();
    else {
      editor.write(null, { ctrl: true, name: 'e' });
      editor.write(null, { ctrl: true, name: 'u' });
    }
  });
  editor.on('close', () => {
    end();
    onLeave();
  });
  input.once('end', onLeave);
  emitKeypressEvents(input);
  input.on('keypress', press);
  if (output.isTTY === true) output.write(MARK_PASTES);
  draw();
  return () => {
    input.removeListener('end', onLeave);
    editor.removeAllListeners();
    end();
    editor.close();
  };
}
