import type { Card, CardBlock } from '../../core/ports/chat.ts';
import { percent } from '../wording/numbers.ts';
import { forgetAbsent } from './forget-absent.ts';
import { markSign } from './marks.ts';
import { plainText, safeText, type TextSettings } from './plain-text.ts';
import { renderCard } from './render-card.ts';
import type { Screen, ScreenMessage, ScreenOutput, ScreenSettings } from './render-screen.ts';

/** Lines in a pipe have no edge; broken ones could not be searched or copied. */
const DEFAULT_COLUMNS = Number.POSITIVE_INFINITY;
/** Progress is told once in so many percent. */
const PERCENT_STEP = 10;

/** One thing that a card says: `gist` is what must differ for it to be told again. */
interface Saying {
  readonly gist: string;
  readonly text: string;
}

interface Told {
  readonly title: string;
  readonly gists: ReadonlySet<string>;
  readonly log: string;
}

/**
 * A thread as lines that are only ever appended, without escape sequences: each message once in full, then one line
 * whenever it says something new (another stage, another place, ten percent more).
 */
export class PlainScreen implements Screen {
  readonly #output: ScreenOutput;
  readonly #settings: ScreenSettings;
  readonly #told = new Map<string, Told>();

  constructor(output: ScreenOutput, settings: ScreenSettings) {
    this.#output = output;
    this.#settings = settings;
  }

  show(messages: readonly ScreenMessage[]): void {
    const lines = messages.flatMap((message) => this.#news(message));
    forgetAbsent(this.#told, messages);
    if (lines.length > 0) this.#output.write(`${lines.join('\n')}\n`);
  }

  close(): void {
    this.#told.clear();
  }

  #news({ key, card }: ScreenMessage): readonly string[] {
    const text: TextSettings = { ...this.#settings, now: this.#settings.now() };
    const told = this.#told.get(key);
    const sayings = card.blocks.flatMap((block) => sayingsOf(block, text));
    const title = card.mark + plainText(card.title, text);
    const gists = new Set(sayings.map((saying) => saying.gist));
    if (told?.title === title && [...gists].every((gist) => told.gists.has(gist))) {
      this.#told.set(key, { ...told, gists });
      return [];
    }
    const log = lastLogLine(card, text);
    this.#told.set(key, { title, gists, log });
    if (told === undefined)
      return [
        ...renderCard(card, { ...text, width: this.#settings.width ?? DEFAULT_COLUMNS, color: false }),
        '',
      ];
    const news = sayings.filter((saying) => !told.gists.has(saying.gist)).map((saying) => saying.text);
    return [updateLine(card, news, text), ...(log === '' || log === told.log ? [] : [`  | ${log}`])];
  }
}

/** `▶ rs_3fq8w1zz  46 %  denoising 12/35 · 4–6 min left`: the name of the card and what is new in it. */
function updateLine(card: Card, news: readonly string[], settings: TextSettings): string {
  const sign = markSign(card.mark, settings.unicode);
  const title = plainText(card.title, settings);
  const name = news.length === 0 ? title : `${firstFact(title)}  ${news.join(' ')}`;
  return sign === '' ? name : `${sign} ${name}`;
}

function sayingsOf(block: CardBlock, settings: TextSettings): readonly Saying[] {
  if (block.type === 'text') {
    const text = plainText(block.text, settings);
    return [{ gist: firstFact(text), text }];
  }
  if (block.type !== 'progress') return [];
  const label = plainText(block.label, settings);
  if (block.percent === undefined) return [{ gist: stageOf(label), text: label }];
  const step = Math.floor(block.percent / PERCENT_STEP);
  return [{ gist: `${stageOf(label)} ${step}`, text: `${percent(block.percent)}  ${label}` }];
}

/** `denoising 12/35 · …` is the stage `denoising`. */
function stageOf(label: string): string {
  return firstFact(label).replace(/\s+[\d.]+.*$/, '');
}

function firstFact(text: string): string {
  return text.split(/ [·-] /)[0] ?? '';
}

function lastLogLine(card: Card, settings: TextSettings): string {
  const lines = card.blocks.flatMap((block) => (block.type === 'log' ? block.lines : []));
  return safeText(lines.at(-1)?.trim() ?? '', settings);
}
