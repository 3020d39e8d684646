import { Client, Events, GatewayIntentBits, Partials, REST, type RESTOptions } from 'discord.js';
import { onTestFinished } from 'vitest';
import type { DiscordStudio } from '../../support/discord-studio.ts';

const { Guilds, GuildMessages, DirectMessages, MessageContent, GuildMessageReactions } = GatewayIntentBits;

/** The intents that need no switch in the portal. */
export const PLAIN_INTENTS = [Guilds, GuildMessages, DirectMessages, GuildMessageReactions];
const ALL_INTENTS = [...PLAIN_INTENTS, MessageContent];

interface ClientOptions {
  readonly intents?: readonly GatewayIntentBits[];
  readonly rest?: Partial<RESTOptions>;
  /** Gets what the client reports as errors: also what its listeners reject with. They fail the test otherwise. */
  readonly onError?: (error: Error) => void;
}

/** The real client, not logged in yet; it is destroyed with the test. */
export function newClient(studio: DiscordStudio, options: ClientOptions = {}): Client {
  const client = new Client({
    intents: [...(options.intents ?? ALL_INTENTS)],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    rest: { api: studio.discord.apiUrl, retries: 0, ...options.rest },
  });
  const failures: Error[] = [];
  const onError = options.onError ?? ((error: Error) => failures.push(error));
  client.on(Events.Error, onError).on(Events.ShardError, onError);
  onTestFinished(async () => {
    await client.destroy();
    if (failures.length > 0) throw failures[0];
  });
  return client;
}

/** The texts of the next messages as the client hears them; it changes its message objects later. */
export async function heardTexts(client: Client, count: number): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const heard: string[] = [];
  client.on(Events.MessageCreate, ({ content }) => {
    heard.push(content);
    if (heard.length === count) resolve([...heard]);
  });
  return await promise;
}

/** The real client, logged in and ready. */
export async function readyClient(studio: DiscordStudio, options: ClientOptions = {}): Promise<Client<true>> {
  const client = newClient(studio, options);
  const { promise, resolve } = Promise.withResolvers<Client<true>>();
  client.once(Events.ClientReady, resolve);
  await client.login(studio.bot.token);
  return await promise;
}

/** The REST client alone, without retries. */
export function restClient(studio: DiscordStudio, options: Partial<RESTOptions> = {}): REST {
  const rest = new REST({ api: studio.discord.apiUrl, retries: 0, ...options });
  onTestFinished(() => {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  });
  return rest.setToken(studio.bot.token);
}

/** The code with which the API refuses; the error itself where it is none of the API's. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return error instanceof Error && 'code' in error ? error.code : error;
}
