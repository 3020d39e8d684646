import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Checked } from '../../core/errors.ts';
import { valid } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { ChatFile } from '../../core/ports/chat.ts';
import type { CommandDefinition } from '../commands/definition.ts';
import { findVerb, isShellVerb } from '../commands/help.ts';
import { splitWords, type Word, withoutCall } from '../commands/parse-words.ts';
import { COMMANDS } from '../commands/registry.ts';

/** What a typed line means. */
export type TerminalInput =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'upload'; readonly text: string; readonly files: readonly ChatFile[] };

const MEDIA_NAME = /\.(mp4|mov|mkv|webm|avi|m4v|gif|png|jpe?g|webp|wav|mp3|m4a|flac|ogg|zip)$/i;
/** `./clip`: nobody writes a text or a command so. */
const EXPLICIT_PATH = /^\.\.?\/./;
const LEAVING = new Set(['exit', 'quit']);

/**
 * A line that names a file is an upload, the other words are its text; everything else is a command, with or without
 * `/cosmos` before it. A file that does not exist is still an upload, so that it is told apart from a wrong command.
 */
export function readTerminalLine(line: string, directory: string): Checked<TerminalInput> {
  const split = splitWords(line);
  if (!split.ok) return split;
  const [first, ...others] = split.value;
  if (first === undefined) return valid({ kind: 'nothing' });
  if (others.length === 0 && LEAVING.has(first.text)) return valid({ kind: 'leave' });
  const isCommand =
    withoutCall(split.value) !== split.value ||
    (!first.quoted && findVerb(first.text, COMMANDS) !== undefined);
  if (isCommand || isMisspelt(split.value)) return valid({ kind: 'command', text: line });
  const words = split.value.map(({ text }) => ({ text, path: expandHome(text) }));
  const isFile = ({ text, path }: (typeof words)[number]): boolean =>
    MEDIA_NAME.test(text) ||
    EXPLICIT_PATH.test(text) ||
    (text.includes('/') && existsSync(resolve(directory, path)));
  const files = words
    .filter(isFile)
    .map(({ path }) => ({ id: path, name: basename(resolve(directory, path)) }));
  // `prepare render`, `add ps_7k2m9x4d mask.png`: no text begins so, and whoever types it means the shell's verb.
  const plain = words
    .slice(1)
    .filter((word, index) => split.value[index + 1]?.quoted === false && !isFile(word));
  const isForShell = !first.quoted && isShellVerb(first.text) && plain.length <= 1;
  if (files.length === 0 || isForShell) return valid({ kind: 'command', text: line });
  const text = words.filter((word) => !isFile(word)).map((word) => word.text);
  return valid({ kind: 'upload', text: text.join(' '), files });
}

/** `creat prompt …`: a verb with a slip, and the word that follows it alone. */
function isMisspelt([first, second]: readonly Word[]): boolean {
  if (first === undefined || second === undefined || first.quoted || second.quoted) return false;
  const verb = Object.entries(COMMANDS).find(([name]) => name === nearest(first.text, Object.keys(COMMANDS)));
  return verb !== undefined && firstChoices(verb[1]).includes(second.text);
}

function firstChoices({ arguments: [first] }: CommandDefinition): readonly string[] {
  return first?.choices ?? [];
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
