import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { type Problem, toCosmosError } from '../../core/errors.ts';
import type { Card, ChatUser, Inbound } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { TranscriptMessage, TranscriptStore } from '../../core/store/transcript.ts';
import { cardHash } from '../chat/card-hash.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import {
  type InputLine,
  isLiveCard,
  openScreen,
  type Screen,
  type ScreenOutput,
  type ScreenSettings,
} from './render-screen.ts';
import { TERMINAL_PLACE, TerminalChat } from './terminal-chat.ts';
import { readTerminalLine } from './terminal-input.ts';

/**
 * One sitting at the terminal chat: what is said here and what the bot shows while it lasts. The transcript in the store
 * holds everything; the screen shows the messages since the session began.
 */
export class TerminalSession {
  readonly chat: TerminalChat;
  readonly #transcript: TranscriptStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #user: ChatUser;
  readonly #directory: string;
  readonly #output: ScreenOutput;
  readonly #screen: Screen;
  readonly #onResize = (): void => this.#draw();
  /** What the screen has not written for good yet. */
  readonly #messages = new Map<number, TranscriptMessage>();
  #input: InputLine | undefined;

  constructor(parts: {
    transcript: TranscriptStore;
    clock: Clock;
    random: Random;
    user: ChatUser;
    /** What typed paths are relative to. */
    directory: string;
    output: ScreenOutput;
    settings: ScreenSettings;
  }) {
    this.#transcript = parts.transcript;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#user = parts.user;
    this.#directory = parts.directory;
    this.#output = parts.output;
    this.#screen = openScreen(parts.output, parts.settings);
    this.chat = new TerminalChat({
      transcript: parts.transcript,
      directory: parts.directory,
      onChange: (message) => this.#show(message),
    });
    this.#output.on?.('resize', this.#onResize);
  }

  /** Takes one typed line; false where the person wants to leave. */
  async say(line: string): Promise<boolean> {
    const read = readTerminalLine(line, this.#directory);
    if (!read.ok) {
      this.#answer(this.#event(line).dedupeKey, read.problems);
      return true;
    }
    const input = read.value;
    if (input.kind === 'nothing') return true;
    if (input.kind === 'leave') return false;
    const base = this.#event(line);
    const event: Inbound =
      input.kind === 'upload'
        ? { ...base, kind: 'upload', text: input.text, files: input.files }
        : { ...base, kind: 'command', text: input.text };
    try {
      await this.chat.submit(event);
    } catch (error) {
      this.#answer(event.dedupeKey, [toCosmosError(error).toProblem()]);
    }
    return true;
  }

  /** The line that is being typed; drawn below the thread. */
  type(input: InputLine | undefined): void {
    this.#input = input;
    this.#draw();
  }

  close(): void {
    this.#output.off?.('resize', this.#onResize);
    this.#input = undefined;
    this.#draw();
    this.#screen.close();
  }

  #event(line: string) {
    const dedupeKey = `terminal:${Buffer.from(this.#random.bytes(12)).toString('hex')}`;
    this.#post(`said:${dedupeKey}`, this.#user.name, {
      mark: 'none',
      title: [`› ${line}`],
      blocks: [],
      actions: [],
    });
    return { dedupeKey, where: TERMINAL_PLACE, user: this.#user, at: this.#clock.now() };
  }

  #answer(dedupeKey: string, problems: readonly [Problem, ...Problem[]]): void {
    this.#post(`answer:${dedupeKey}`, 'cosmos', problemCard(problems));
  }

  #post(key: string, author: string, card: Card): void {
    const { tenant, channel } = TERMINAL_PLACE;
    this.#show(this.#transcript.post({ key, tenant, channel, author, card, hash: cardHash(card) }));
  }

  #show(message: TranscriptMessage): void {
    this.#messages.set(message.id, message);
    this.#draw();
  }

  #draw(): void {
    const messages = [...this.#messages.values()].map(({ key, card, file }) => ({
      key,
      card: file === undefined ? card : withFile(card, file, this.#directory),
      live: isLiveCard(card),
    }));
    this.#screen.show(messages, this.#input);
    for (const { id, card } of this.#messages.values()) if (!isLiveCard(card)) this.#messages.delete(id);
  }
}

/** A terminal cannot play a file: it says where it lies. */
function withFile(card: Card, file: string, directory: string): Card {
  const path = relative(directory, file);
  const shown = path.startsWith('..') ? file : path;
  const gone = existsSync(file) ? [] : [' (it is not there any more)'];
  return { ...card, blocks: [{ type: 'text', text: [{ code: shown }, ...gone] }, ...card.blocks] };
}
