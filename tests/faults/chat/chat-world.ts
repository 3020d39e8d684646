import type { Platform } from '../../../src/core/ports/chat.ts';

/** A file that people see in a message. */
export interface WrittenFile {
  readonly name: string;
  readonly sha256: string;
  /** Where the bytes lie on this machine. */
  readonly path: string;
}

/** A message of the bot as everybody sees it now. */
export interface Written {
  readonly id: string;
  readonly words: string;
  /** Without the pictures of its card. */
  readonly files: readonly WrittenFile[];
  readonly controls: readonly { readonly text: string }[];
  /** The words of every state that it had until now. */
  readonly versions: readonly string[];
}

/** A chat on a server, a channel in it with a bot, and somebody who uses it. */
export interface ChatWorld extends AsyncDisposable {
  /** As the bot names it. */
  readonly platform: Platform;
  /** The table of the bot's configuration below `chat`. */
  readonly config: object;
  /** The secrets that it names. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of all bots that came and went, the one that is there now is connected. */
  connected(): Promise<void>;
  /** No bot is connected. */
  gone(): Promise<void>;
  /** Sends again at once what it would send again some time. */
  retry(): Promise<void>;
  /** Drops a video with a text. */
  upload(path: string, text: string): Promise<void>;
  /** Asks for a run of the prompt with this id, which this card shows; returns as soon as that is taken. */
  ask(how: Asking, prompt: { readonly id: string; readonly card: Written }): Promise<void>;
  /** All that the bot has written, each thread after its root. */
  readonly written: readonly Written[];
  /** Ids of the messages at which the client of whoever asked made a sound. */
  readonly pings: readonly string[];
  /** What nobody should see, or the bot should not have done. */
  readonly complaints: readonly string[];
  /** How far the videos of the bot have come. */
  readonly videos: readonly VideoState[];
  /** The last calls of the bot and how they went. */
  readonly calls: readonly string[];
  /** Resolves with the first value of `look` that is neither undefined, null nor false. */
  until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>>;
  /** What was held or lost is so no longer. */
  mend(): void;
}

/** How somebody asks for a run. */
export type Asking = 'command' | 'button';

/** Named; its bytes are there; it can be shown. */
export type VideoState = 'announced' | 'sent' | 'completed';

export function isPrompt({ words, files }: Written): boolean {
  return files.length === 0 && /\bps_\w+/.test(words) && !/\brs_\w+/.test(words);
}

/** The id of the prompt that a card shows. */
export function promptOf({ words }: Written): string {
  return /\bps_\w+/.exec(words)?.[0] ?? '';
}

/** The first line names the run, and a bar or a sentence follows. */
export function isStatus({ words, files }: Written): boolean {
  return files.length === 0 && /\brs_\w+/.test(words);
}

export function isRunning(message: Written): boolean {
  return isStatus(message) && message.words.includes('denoising');
}

/** It can still be cancelled. */
export function isLive({ controls }: Written): boolean {
  return controls.some(({ text }) => text === 'Cancel');
}

export function isResult({ files: [file] }: Written): boolean {
  return file !== undefined && RESULT.test(file.name);
}

export function isControl({ files: [file] }: Written): boolean {
  return file !== undefined && CONTROL.test(file.name);
}

/** `depth`, `edge` and so on. */
export function controlOf({ files: [file] }: Written): string | undefined {
  return CONTROL.exec(file?.name ?? '')?.[1];
}

/** Platforms may put a mark of ten characters behind the name. */
const RESULT = /-rs_[0-9a-z]+(?:-[0-9a-f]{10})?\.mp4$/;
const CONTROL = /-rs_[0-9a-z]+-([a-z]+)(?:-[0-9a-f]{10})?\.\w+$/;
