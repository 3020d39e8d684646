import { onTestFinished } from 'vitest';
import type { Application } from '../fakes/discord/application.ts';
import { FakeDiscord, type FakeDiscordOptions } from '../fakes/discord/fake-discord.ts';
import type { DiscordChannel } from '../fakes/discord/people/channel.ts';
import type { DiscordGuild } from '../fakes/discord/people/guild.ts';
import type { Person } from '../fakes/discord/people/person.ts';

export interface DiscordStudio {
  readonly discord: FakeDiscord;
  readonly guild: DiscordGuild;
  readonly bot: Application;
  /** Owns the guild: may do everything. */
  readonly lead: Person;
  readonly anna: Person;
  readonly ben: Person;
  /** A channel that everybody sees. */
  readonly renders: DiscordChannel;
}

/** A fake Discord with one guild, one bot, three people and one channel; it ends with the test. */
export async function openDiscordStudio(options: FakeDiscordOptions = {}): Promise<DiscordStudio> {
  const discord = await FakeDiscord.start(options);
  onTestFinished(() => discord.close());
  const bot = discord.addApplication('cosmos');
  const [lead, anna, ben] = [discord.addPerson('lead'), discord.addPerson('anna'), discord.addPerson('ben')];
  const guild = discord.addGuild('Studio', lead, [anna, ben, bot]);
  const renders = guild.addChannel('renders');
  return { discord, guild, bot, lead, anna, ben, renders };
}
