import { describe, expect, it } from 'vitest';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { runCosmos } from '../../support/run-cosmos.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { configuredDirectory, startedDaemon } from '../../support/started-daemon.ts';

function table({ discord }: DiscordStudio, more = ''): string {
  return `[chat.discord]\ntoken = { env = "TOKEN" }\napi_url = "${discord.apiUrl}"\n${more}`;
}

describe('cosmos start with Discord', () => {
  it('says whom it serves, registers its commands, answers there, and ends when it is told to', async () => {
    const studio = await openDiscordStudio();
    const { discord, guild, renders, lead, anna, bot } = studio;
    const lab = discord.addGuild('Lab', lead, []);
    const directory = await configuredDirectory(
      table(studio, `guilds = ["${guild.id}", "${lab.id}"]\nchannels = ["${renders.id}"]\n`),
    );
    const daemon = startedDaemon(directory, { TOKEN: bot.token });
    const text = await daemon.said('is connected');
    expect(text).toContain(`Discord (chat.discord), commands in ${guild.id}, ${lab.id} alone.`);
    expect(text).toContain('Leave with Ctrl-C.');
    expect(text).toContain(
      `A prompt begins with a message with a video in ${renders.id}; a message that mentions the bot; a direct message;`,
    );

    await discord.until(() => bot.commandsIn(guild.id).size === 2);
    const answer = await anna.command(renders, 'cosmos models');
    expect(answer.outcome).not.toBe('timed_out');
    await renders.shows((message) => message.words.includes('preview'), anna);

    // Let in while it runs.
    lab.invite(bot);
    await discord.until(() => bot.commandsIn(lab.id).size === 2);

    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toEqual([0, null]);
    await discord.gateway.gone(bot);
  });

  it('says which ways are open where it may not read messages', async () => {
    const studio = await openDiscordStudio();
    studio.bot.intents.messageContent = false;
    const directory = await configuredDirectory(table(studio, `channels = ["${studio.renders.id}"]\n`));
    const daemon = startedDaemon(directory, { TOKEN: studio.bot.token });
    const text = await daemon.said('"Use as prompt"');
    expect(text).toContain(
      'A prompt begins with a message that mentions the bot (a posted video alone is not seen: the Message Content Intent is off); a direct message;',
    );
    expect(text).not.toMatch(/video becomes a prompt|message with a video/);
  });

  it('registers commands once, whatever number of times it is started', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const directory = await configuredDirectory(table(studio));
    const puts = 'PUT /applications/{application}/commands';
    const looks = 'GET /applications/{application}/commands';
    const first = startedDaemon(directory, { TOKEN: bot.token });
    await discord.until(() => bot.commands.size === 2);
    first.child.kill('SIGTERM');
    await first.ended;
    startedDaemon(directory, { TOKEN: bot.token });
    await discord.until(() => discord.calls.of(looks).some(({ outcome }) => outcome === 'ok'));
    expect(discord.calls.of(puts)).toHaveLength(1);
    const inference = [...bot.commands.values()].map((each) => JSON.stringify(each)).join('');
    expect(inference).toContain('"edge"');
  });

  it('serves Slack beside it from one process', async () => {
    const studio = await openDiscordStudio();
    const slack = await openStudio();
    const toml = `${table(studio)}[chat.slack]\napi_url = "${slack.slack.apiUrl}"\nbot_token = { env = "BOT" }\napp_token = { env = "APP" }\n`;
    const daemon = startedDaemon(await configuredDirectory(toml), {
      TOKEN: studio.bot.token,
      BOT: slack.bot.botToken,
      APP: slack.app.appToken,
    });
    await Promise.all([daemon.said('chat.slack is connected'), daemon.said('chat.discord is connected')]);
  });

  it('ends with 1 where Discord does not know the token', async () => {
    const studio = await openDiscordStudio();
    const { token } = studio.bot;
    studio.bot.resetToken();
    const directory = await configuredDirectory(table(studio));
    const { code, error } = await runCosmos(['start'], { directory, environment: { TOKEN: token } });
    expect(error).toContain('does not let me in with my token');
    expect(error).not.toContain(token);
    expect(code).toBe(1);
  });

  it('ends with 2 where the token is missing, and other commands work without it', async () => {
    const studio = await openDiscordStudio();
    const directory = await configuredDirectory(table(studio));
    const { code, error } = await runCosmos(['start'], { directory });
    expect(error).toContain('chat.discord.token');
    expect(code).toBe(2);
    const check = await runCosmos(['config', 'check'], { directory });
    expect(check.error).toContain('chat.discord.token');
    expect(check.code).toBe(2);
    expect((await runCosmos(['status'], { directory })).code).toBe(0);
    expect(studio.discord.calls.all).toEqual([]);
  });
});

it('config check --online says from the command line what to click', async () => {
  const studio = await openDiscordStudio();
  studio.renders.deny(studio.bot, 'SEND_MESSAGES');
  const directory = await configuredDirectory(table(studio, `channels = ["${studio.renders.id}"]\n`));
  const environment = { TOKEN: studio.bot.token };
  const { code, out } = await runCosmos(['config', 'check', '--online'], { directory, environment });
  expect(out).toContain('✔ The token is valid');
  expect(out).toMatch(/✖ In #renders \(\d+\) it lacks the permission "Send Messages"/);
  expect(out).not.toContain('[chat.discord]');
  expect(code).toBe(1);
});
