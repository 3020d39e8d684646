import { describe, expect, it } from 'vitest';
import { configOf, loadToml } from '../../core/config/config-files.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { BOT_PERMISSIONS } from '../../fakes/discord/numbers.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { runOnlineCheck } from '../../support/online-check.ts';

interface Asking {
  /** After the address and the token. */
  readonly toml?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `config check --online` says of the studio, and its exit code. */
async function ask(studio: DiscordStudio, { toml = '', environment = {} }: Asking = {}) {
  const known = { TOKEN: studio.bot.token, ...environment };
  const table = `[chat.discord]\ntoken = { env = "TOKEN" }\napi_url = "${studio.discord.apiUrl}"\n`;
  return await runOnlineCheck(configOf(loadToml(`${table}${toml}`)), known);
}

function link({ bot }: DiscordStudio, guild?: string): string {
  const end = guild === undefined ? '' : `&guild_id=${guild}`;
  return `https://discord.com/oauth2/authorize?client_id=${bot.id}&permissions=309237763136&scope=bot+applications.commands${end}`;
}

describe('a bot that can work', () => {
  it('gets a line for each thing that is right, and nothing is posted or connected', async () => {
    const studio = await openDiscordStudio();
    const { bot, guild, renders } = studio;
    const { code, lines } = await ask(studio, {
      toml: `guilds = ["${guild.id}"]\nchannels = ["${renders.id}"]`,
    });
    expect(lines).toEqual([
      `✔ The token is valid: @cosmos of the application cosmos (${bot.id}).`,
      '✔ Discord lets it connect (1000 of 1000 starts are left today).',
      '✔ The Message Content Intent is on: a video that is posted becomes a prompt.',
      `✔ In Studio (${guild.id}) it has every permission that it needs.`,
      `✔ In #renders (${renders.id}) it has every permission that it needs.`,
      '✔ Another server lets it in with exactly the permissions that it needs by this link:',
      `    ${link(studio)}`,
    ]);
    expect(code).toBe(0);
    expect(studio.anna.sees(renders)).toEqual([]);
    expect(studio.discord.calls.all.every(({ route }) => route.startsWith('GET '))).toBe(true);
    expect(studio.discord.gateway.sessionStarts(bot).remaining).toBe(1_000);
  });

  it('is told in which channels it can work where none is configured', async () => {
    const studio = await openDiscordStudio();
    const drafts = studio.guild.addChannel('drafts');
    drafts.deny(studio.bot, 'ATTACH_FILES');
    const { code, lines } = await ask(studio);
    expect(lines).toContain('✔ It can work in 1 channel of Studio: #renders.');
    expect(code).toBe(0);
  });

  it('without the privileged intent is told which ways are open, which is no fault', async () => {
    const studio = await openDiscordStudio();
    studio.bot.intents.messageContent = false;
    const { code, lines } = await ask(studio);
    expect(lines.find((line) => line.includes('Intent is off'))).toMatch(
      /^✔ .*mention of @cosmos.*direct message.*"Use as prompt".*`\/cosmos create`/,
    );
    expect(code).toBe(0);
  });

  it('has the roles of the access rules, as far as these mean it', async () => {
    const studio = await openDiscordStudio();
    const artists = studio.guild.addRole('Artists');
    const rules = `
      [[access.rules]]
      role = "operator"
      groups = ["${artists.id}", "guest", "S0123456789"]
      [[access.rules]]
      role = "operator"
      tenant = "1000000000000000001"
      groups = ["1000000000000000002"]
      [[access.rules]]
      role = "operator"
      platform = "slack"
      groups = ["1000000000000000003"]
    `;
    const { code, lines } = await ask(studio, { toml: rules });
    expect(lines.filter((line) => line.includes('role '))).toEqual([
      `✔ The access rules mean the role Artists of Studio (${artists.id}).`,
    ]);
    expect(code).toBe(0);
  });

  it('lacks nothing without a permission that nothing uses yet', async () => {
    const studio = await openDiscordStudio();
    studio.renders.deny(studio.bot, 'ADD_REACTIONS');
    expect((await ask(studio, { toml: `channels = ["${studio.renders.id}"]` })).code).toBe(0);
  });

  it('in many servers is told which of them were not looked into', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot } = studio;
    for (let index = 1; index <= 16; index++) discord.addGuild(`Lab ${index}`, lead, [bot]).addChannel('lab');
    const { code, lines } = await ask(studio);
    expect(lines.filter((line) => line.includes('every permission'))).toHaveLength(10);
    expect(lines.find((line) => line.includes('more servers'))).toBe(
      '✔ It is in 7 more servers, of which the permissions and channels were not looked at: Lab 10, Lab 11, Lab 12, Lab 13, Lab 14, and 2 more.',
    );
    expect(code).toBe(0);
  });

  it('is looked at in every configured server, however many these are', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot } = studio;
    const labs = Array.from({ length: 12 }, (_, index) => discord.addGuild(`Lab ${index}`, lead, [bot]).id);
    const { lines } = await ask(studio, { toml: `guilds = ${JSON.stringify(labs)}` });
    expect(lines.filter((line) => line.includes('every permission'))).toHaveLength(12);
    expect(lines.find((line) => line.includes('more server'))).toBe(
      '✔ It is in 1 more server, whose permissions and channels were not looked at: Studio.',
    );
  });

  it('in more servers than Discord lists at once finds the configured ones, and says what was left out', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot } = studio;
    for (let index = 1; index <= 400; index++) discord.addGuild(`Lab ${index}`, lead, [bot]);
    const last = discord.addGuild('Last', lead, [bot]);
    last.addChannel('lab');
    const { code, lines } = await ask(studio, { toml: `guilds = ["${last.id}"]` });
    expect(lines).toContain(`✔ In Last (${last.id}) it has every permission that it needs.`);
    expect(lines.find((line) => line.includes('more servers'))).toContain('It is in 401 more servers');
    expect(code).toBe(0);
  });

  it('in many servers is told when a role may be in one that was not looked at', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot } = studio;
    for (let index = 1; index <= 50; index++) discord.addGuild(`Lab ${index}`, lead, [bot]);
    const last = discord.addGuild('Last', lead, [bot]);
    const artists = last.addRole('Artists');
    const rules = `[[access.rules]]\nrole = "operator"\ngroups = ["${artists.id}"]\n`;
    const { code, lines } = await ask(studio, { toml: rules });
    expect(lines).toContain(
      `✖ The role ${artists.id} of the access rules was not found; 2 servers were not looked at.`,
    );
    expect(code).toBe(1);
    const before = discord.calls.of('GET /guilds/{guild}/roles').length;
    const named = await ask(studio, { toml: `${rules}tenant = "${last.id}"` });
    expect(named.lines).toContain(`✔ The access rules mean the role Artists of Last (${artists.id}).`);
    expect(discord.calls.of('GET /guilds/{guild}/roles')).toHaveLength(before + 1);
  });

  it('finds a role although the roles of another server are refused, and says that', async () => {
    const studio = await openDiscordStudio();
    const { discord, lead, bot } = studio;
    const artists = discord.addGuild('Lab', lead, [bot]).addRole('Artists');
    const everyone = studio.guild.id;
    discord.injections.inject('GET /guilds/{guild}/roles', trouble.refused(403, 50_001, 'Missing Access'));
    const rules = `[[access.rules]]\nrole = "operator"\ngroups = ["${artists.id}", "${everyone}", "1000000000000000007"]`;
    const { lines } = await ask(studio, { toml: rules });
    expect(lines.filter((line) => /^\S.* roles? /.test(line))).toEqual([
      '✖ Discord refuses the roles of Studio (Missing Access, 50001).',
      `✔ The access rules mean the role Artists of Lab (${artists.id}).`,
      `✔ The access rules mean the role @everyone of Studio (${everyone}).`,
      '✖ The role 1000000000000000007 of the access rules was not found; 1 server was not looked at.',
    ]);
  });

  it('as the owner of a role with all permissions lacks nothing', async () => {
    const studio = await openDiscordStudio();
    const admins = studio.guild.addRole('Admins', ['ADMINISTRATOR']);
    studio.guild.give(studio.bot, admins);
    studio.renders.deny(studio.bot, ...BOT_PERMISSIONS);
    expect((await ask(studio, { toml: `channels = ["${studio.renders.id}"]` })).code).toBe(0);
  });
});

describe('what fails, and what to click', () => {
  it.each<[what: string, spoil: (studio: DiscordStudio) => Asking | undefined, line: RegExp, advice: RegExp]>(
    [
      [
        'a token that is not set',
        () => ({ environment: { TOKEN: '' } }),
        /chat\.discord\.token.*TOKEN/,
        /"Reset Token"/,
      ],
      [
        'a token that was reset',
        ({ bot }) => {
          const { token } = bot;
          bot.resetToken();
          return { environment: { TOKEN: token } };
        },
        /does not know the token/,
        /"Reset Token"/,
      ],
      [
        'a refusal that is not about the token',
        ({ discord }) => {
          discord.injections.inject('GET /applications/@me', trouble.refused(403, 40_333, 'Blocked'));
          return undefined;
        },
        /Discord refuses the token \(Blocked, 40333\)/,
        /again in a minute/,
      ],
      [
        'a client secret in place of the token',
        () => ({ environment: { TOKEN: 'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6' } }),
        /no token of a bot/,
        /"Client Secret"/,
      ],
      [
        'the intent switched off where channels are to be watched',
        ({ bot, renders }) => {
          bot.intents.messageContent = false;
          return { toml: `channels = ["${renders.id}"]` };
        },
        /Message Content Intent is off/,
        /"Privileged Gateway Intents"/,
      ],
      [
        'a bot that is in no server',
        ({ guild, bot }) => {
          guild.kick(bot);
          return undefined;
        },
        /in no server/,
        /permissions=309237763136&scope=bot\+applications\.commands/,
      ],
      [
        'a configured server that it is not in',
        () => ({ toml: 'guilds = ["1000000000000000001"]' }),
        /not in the server 1000000000000000001/,
        /guild_id=1000000000000000001/,
      ],
      [
        'a permission that its role does not have',
        ({ guild, bot }) => {
          const needed = BOT_PERMISSIONS.filter((name) => name !== 'CREATE_PUBLIC_THREADS');
          for (const role of guild.state.roles.values()) guild.changeRole(role, needed);
          return void bot;
        },
        /In Studio \(\d+\) it lacks the permission "Create Public Threads"/,
        /"Authorize"/,
      ],
      [
        'a channel that denies it permissions',
        ({ renders, bot }) => {
          renders.deny(bot, 'ATTACH_FILES', 'EMBED_LINKS');
          return { toml: `channels = ["${renders.id}"]` };
        },
        /In #renders \(\d+\) it lacks the permissions "Embed Links", "Attach Files"/,
        /settings of #renders/,
      ],
      [
        'a channel whose history it may not read',
        ({ renders, bot }) => {
          renders.deny(bot, 'READ_MESSAGE_HISTORY');
          return { toml: `channels = ["${renders.id}"]` };
        },
        /In #renders \(\d+\) it lacks the permission "Read Message History"/,
        /settings of #renders/,
      ],
      [
        'a channel that is not there',
        () => ({ toml: 'channels = ["1000000000000000009"]' }),
        /no channel 1000000000000000009/,
        /"Copy Channel ID"/,
      ],
      [
        'a channel of a server that is not configured',
        ({ discord, lead, bot, guild }) => {
          const other = discord.addGuild('Lab', lead, [bot]).addChannel('lab');
          return { toml: `guilds = ["${guild.id}"]\nchannels = ["${other.id}"]` };
        },
        /#lab \(\d+\) is in a server that `guilds` does not name/,
        /`guilds`/,
      ],
      [
        'a role that is not there',
        () => ({ toml: '[[access.rules]]\nrole = "admin"\ngroups = ["1000000000000000007"]' }),
        /no role 1000000000000000007/,
        /"Copy Role ID"/,
      ],
      [
        'no channel in which it may work',
        ({ renders, bot }) => {
          renders.deny(bot, 'VIEW_CHANNEL');
          return undefined;
        },
        /no channel in Studio/,
        /"Add members or roles"/,
      ],
    ],
  )('%s', async (_, spoil, line, advice) => {
    const studio = await openDiscordStudio();
    const { code, lines } = await ask(studio, spoil(studio));
    const at = lines.findIndex((each) => each.startsWith('✖') && line.test(each));
    expect(lines[at], lines.join('\n')).toBeDefined();
    expect(lines[at + 1]).toMatch(advice);
    expect(code).toBe(1);
    expect(lines.join('\n')).not.toContain(studio.bot.token);
  });

  it('a Discord that wants to be asked later is asked again, and given up where that is long', async () => {
    const studio = await openDiscordStudio();
    const limit = (seconds: number) =>
      studio.discord.injections.inject('GET /users/@me/guilds', trouble.rateLimited(seconds));
    limit(0.2);
    expect((await ask(studio)).code).toBe(0);
    const often = studio.discord.injections.inject('GET /users/@me/guilds', trouble.rateLimited(0.05), {
      times: 20,
    });
    expect((await ask(studio)).code).toBe(1);
    expect(often.hits).toBe(6);
    often.stop();
    limit(60);
    const { code, lines } = await ask(studio);
    expect(lines.find((line) => line.startsWith('✖'))).toContain('Discord does not answer');
    expect(code).toBe(1);
  });

  it('a Discord that does not answer', async () => {
    const studio = await openDiscordStudio();
    const injected = studio.discord.injections.inject('*', trouble.reset('before'), {
      times: Number.POSITIVE_INFINITY,
    });
    const { code, lines } = await ask(studio);
    expect(lines).toEqual([
      expect.stringContaining(`Discord does not answer at ${studio.discord.apiUrl}`),
      expect.stringContaining('`api_url`'),
    ]);
    expect(code).toBe(1);
    expect(injected.hits).toBeGreaterThan(0);
  });
});
