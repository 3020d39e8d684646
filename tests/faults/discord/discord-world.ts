import { DISCORD } from '../../../src/bot/discord/platform.ts';
import type { Application } from '../../fakes/discord/application.ts';
import { FakeDiscord } from '../../fakes/discord/fake-discord.ts';
import { type Injection, trouble } from '../../fakes/discord/injections.ts';
import { CHANNEL_TYPES, MESSAGE_TYPES } from '../../fakes/discord/numbers.ts';
import type { DiscordChannel } from '../../fakes/discord/people/channel.ts';
import type { DiscordGuild } from '../../fakes/discord/people/guild.ts';
import type { Person } from '../../fakes/discord/people/person.ts';
import type { SeenMessage } from '../../fakes/discord/people/seen.ts';
import type { Asking, ChatWorld, VideoState, Written } from '../chat/chat-world.ts';
import type { WorldClock } from '../chat/world-clock.ts';

const LAST_CALLS = 12;
/** What stands in a channel because somebody has written it. */
const WORDS: ReadonlySet<number> = new Set([MESSAGE_TYPES.DEFAULT, MESSAGE_TYPES.REPLY]);

export const ROUTES = {
  answer: 'POST /interactions/{interaction}/{token}/callback',
  post: 'POST /channels/{channel}/messages',
  thread: 'POST /channels/{channel}/messages/{message}/threads',
} as const;

/** A guild of a fake Discord with one channel, somebody in it, and the bot. */
export class DiscordWorld implements ChatWorld {
  readonly platform = DISCORD;
  readonly discord: FakeDiscord;
  readonly app: Application;
  readonly lead: Person;
  readonly ben: Person;
  readonly guild: DiscordGuild;
  readonly channel: DiscordChannel;
  #heldAnswer: Injection | undefined;

  private constructor(discord: FakeDiscord) {
    this.discord = discord;
    this.app = discord.addApplication('cosmos');
    this.ben = discord.addPerson('ben');
    this.lead = discord.addPerson('lead');
    this.guild = discord.addGuild('Studio', this.lead, [this.ben, this.app]);
    this.channel = this.guild.addChannel('renders');
  }

  static async open(clock: WorldClock): Promise<DiscordWorld> {
    return new DiscordWorld(await FakeDiscord.start({ clock }));
  }

  get config(): object {
    return { discord: { api_url: this.discord.apiUrl, token: { env: 'TOKEN' }, guilds: [this.guild.id] } };
  }

  get environment(): Readonly<Record<string, string>> {
    return { TOKEN: this.app.token };
  }

  /** Until its commands are registered nobody can type any. */
  async connected(): Promise<void> {
    await this.discord.gateway.ready(this.app);
    await this.until(() => this.app.commandsIn(this.guild.id).size > 0);
  }

  async gone(): Promise<void> {
    await this.discord.gateway.gone(this.app);
  }

  /** Discord sends nothing again. */
  async retry(): Promise<void> {
    return await Promise.resolve();
  }

  async upload(path: string, text: string): Promise<void> {
    await this.ben.uploads(this.channel, [{ name: 'street.mp4', path }], { text });
  }

  async ask(how: Asking, { id, card }: { id: string; card: Written }): Promise<void> {
    const asking =
      how === 'button'
        ? this.ben.clicks(this.#seen(card), 'Run')
        : this.ben.command(this.channel, 'cosmos inference', { prompt: id });
    const held = this.#heldAnswer?.hit();
    if (held !== undefined) return await Promise.race([held, asking.then(() => undefined)]);
    const { outcome } = await asking;
    if (outcome === 'timed_out') throw new Error(`the ${how} was not taken`);
  }

  /** Somebody new in the guild. */
  join(name: string): Person {
    const person = this.discord.addPerson(name);
    this.guild.invite(person);
    return person;
  }

  /** The answer to the next request does not arrive; resolves once it is under way. */
  async holdAnswer(): Promise<void> {
    this.#heldAnswer = this.discord.injections.inject(ROUTES.answer, trouble.silence('before'));
    await this.#heldAnswer.hit();
  }

  get written(): readonly Written[] {
    return this.#messages.map(({ id, words, files, controls, versions }) => ({
      ...{ id, words: plain(words), controls },
      files: files.filter(({ embedded }) => !embedded),
      versions: versions.map(({ content, embeds }) => `${content} ${JSON.stringify(embeds)}`),
    }));
  }

  get pings(): readonly string[] {
    return this.ben.pings.map(({ messageId }) => messageId);
  }

  get complaints(): readonly string[] {
    const unknown = this.discord.calls.all.filter(({ route }) => route.startsWith('unknown'));
    const { threads, timeline } = this.channel;
    const hidden = threads.filter(({ state }) => state.type !== CHANNEL_TYPES.PUBLIC_THREAD);
    const loose = threads.filter(({ id }) => timeline.every((message) => message.id !== id));
    return [
      ...unknown.map(({ route }) => route),
      ...hidden.map(({ name }) => `${name} is not public`),
      ...loose.map(({ name }) => `${name} hangs on no message`),
    ];
  }

  /** A message has its file from the beginning. */
  get videos(): readonly VideoState[] {
    return this.written
      .flatMap(({ files }) => files)
      .filter(({ name }) => name.endsWith('.mp4'))
      .map(() => 'completed');
  }

  get calls(): readonly string[] {
    return this.discord.calls.all.slice(-LAST_CALLS).map(({ path, outcome }) => `${path}: ${outcome}`);
  }

  async until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>> {
    return await this.discord.until(look);
  }

  mend(): void {
    this.#heldAnswer = undefined;
    this.discord.injections.clear();
    this.discord.gateway.answersResumes = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discord.close();
  }

  get #messages(): readonly SeenMessage[] {
    const all = this.channel.timeline.flatMap((root) => [
      root,
      ...(this.channel.threadOn(root)?.timeline ?? []),
    ]);
    return all.filter(({ fromBot, type }) => fromBot && WORDS.has(type));
  }

  #seen({ id }: Written): SeenMessage {
    const found = this.#messages.find((message) => message.id === id);
    if (found === undefined) throw new Error(`the message ${id} is not there any more`);
    return found;
  }
}

/** As Discord shows it: without the signs of bold words, and those that take the meaning of others away. */
function plain(words: string): string {
  return words.replaceAll('**', '').replaceAll(/\\(?=[\W_])/g, '');
}
