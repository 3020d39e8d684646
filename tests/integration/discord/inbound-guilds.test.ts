import { describe, expect, it } from 'vitest';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { listenToDiscord } from './listening.ts';

describe('a guild', () => {
  it('that lets the bot in while it runs is told, those of the start are not', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, anna, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    const lab = discord.addGuild('Lab', lead, [anna]);
    lab.invite(app);
    await discord.until(() => bot.joined.length > 0);
    anna.mentions(lab.addChannel('lab'), 'status');
    expect(await bot.hears()).toMatchObject({ where: { tenant: lab.id } });
    expect(bot.joined).toEqual([lab.id]);
  });

  it('that cannot be reached for a while has not let the bot in anew, and is heard again', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    guild.fail(app);
    await bot.says('a guild cannot be reached for a while');
    guild.recover(app);
    anna.mentions(renders, 'status');
    expect(await bot.hears()).toMatchObject({ text: 'status' });
    expect(bot.joined).toEqual([]);
  });

  it('that could not be reached for a while is looked into for what was missed', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, guild, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    guild.fail(app);
    await bot.says('a guild cannot be reached for a while');
    discord.gateway.lose('MESSAGE_CREATE');
    anna.mentions(renders, 'lost');
    guild.recover(app);
    expect(await bot.hears()).toMatchObject({ text: 'lost' });
  });

  it('that throws the bot out and lets it in again has let it in', async () => {
    const studio = await openDiscordStudio();
    const { discord, guild, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    guild.kick(app);
    guild.invite(app);
    await discord.until(() => bot.joined.length > 0);
    expect(bot.joined).toEqual([guild.id]);
  });

  it('that let the bot in while nobody was connected is told with the next session', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    const lab = discord.addGuild('Lab', lead, []);
    discord.gateway.lose('GUILD_CREATE');
    lab.invite(app);
    discord.gateway.invalidate(app);
    await discord.until(() => bot.joined.length > 0);
    expect(bot.joined).toEqual([lab.id]);
  }, 15_000);
});
