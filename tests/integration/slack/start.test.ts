import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCosmos } from '../../support/run-cosmos.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { configuredDirectory, startedDaemon } from '../../support/started-daemon.ts';

const TOKENS = 'bot_token = { env = "BOT" }\napp_token = { env = "APP" }\n';

/** A port at which somebody listens, until the test ends or `free` is called. */
async function occupiedPort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const free = async (): Promise<number> => {
    const closed = once(server, 'close');
    server.close();
    await closed;
    return port;
  };
  onTestFinished(async () => {
    if (server.listening) await free();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const { port } = address;
  return { port, free };
}

function table(name: string, { slack }: Studio, tokens = TOKENS): string {
  return `[${name}]\napi_url = "${slack.apiUrl}"\n${tokens}`;
}

describe('cosmos start with Slack', () => {
  it('says whom it serves, answers there, has no chat in the terminal, and ends when it is told to', async () => {
    const studio = await openStudio();
    const { renders, anna, slack, app, bot } = studio;
    const directory = await configuredDirectory(
      table('chat.slack', studio, `${TOKENS}channels = ["${renders.id}"]\n`),
    );
    const daemon = startedDaemon(directory, { BOT: bot.botToken, APP: app.appToken });
    const text = await daemon.said('is connected');
    expect(text).toContain(
      `Slack (chat.slack), Socket Mode: a posted video becomes a prompt in ${renders.id}.`,
    );
    expect(text).toContain('Leave with Ctrl-C.');
    expect(text).not.toContain('exit');

    const root = anna.mentions(renders, 'models');
    await renders.shows((message) => message.words.includes('preview'), { thread: root });

    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toEqual([0, null]);
    expect(slack.sockets.open(app)).toEqual([]);
  });

  it('serves two workspaces from one process', async () => {
    const studio = await openStudio();
    const lab = await openStudio();
    const second = TOKENS.replace('"BOT"', '"LAB_BOT"').replace('"APP"', '"LAB_APP"');
    const toml = table('chat.slack.studio', studio) + table('chat.slack.lab', lab, second);
    const daemon = startedDaemon(await configuredDirectory(toml), {
      BOT: studio.bot.botToken,
      APP: studio.app.appToken,
      LAB_BOT: lab.bot.botToken,
      LAB_APP: lab.app.appToken,
    });
    await Promise.all([
      daemon.said('chat.slack.studio is connected'),
      daemon.said('chat.slack.lab is connected'),
    ]);
    for (const { renders, anna } of [studio, lab]) {
      const root = anna.mentions(renders, 'models');
      await renders.shows((message) => message.words.includes('preview'), { thread: root });
    }
  });

  it('goes on with the workspace that lets it in', async () => {
    const studio = await openStudio();
    const lab = await openStudio();
    const second = TOKENS.replace('"BOT"', '"LAB_BOT"').replace('"APP"', '"LAB_APP"');
    const toml = table('chat.slack.studio', studio) + table('chat.slack.lab', lab, second);
    lab.bot.revoked = true;
    const daemon = startedDaemon(await configuredDirectory(toml), {
      BOT: studio.bot.botToken,
      APP: studio.app.appToken,
      LAB_BOT: lab.bot.botToken,
      LAB_APP: lab.app.appToken,
    });
    await daemon.said('chat.slack.studio is connected');
    await daemon.said('token');
    expect(daemon.child.exitCode).toBeNull();
  });

  it('is called by Slack in HTTP mode', async () => {
    const studio = await openStudio();
    const { renders, anna, app, bot } = studio;
    const taken = await occupiedPort();
    const port = await taken.free();
    const http = `bot_token = { env = "BOT" }\nsigning_secret = { env = "SIGN" }\nhttp_port = ${port}\n`;
    const directory = await configuredDirectory(table('chat.slack', studio, http));
    const daemon = startedDaemon(directory, { BOT: bot.botToken, SIGN: app.signingSecret });
    expect(await daemon.said('is connected')).toContain(`HTTP mode at port ${port}`);
    app.useHttp(`http://127.0.0.1:${port}/slack`);
    const root = anna.mentions(renders, 'models');
    await renders.shows((message) => message.words.includes('preview'), { thread: root });
  });

  it('says that the port of HTTP mode is taken, and ends', async () => {
    const studio = await openStudio();
    const { port } = await occupiedPort();
    const http = `bot_token = { env = "BOT" }\nsigning_secret = { env = "SIGN" }\nhttp_port = ${port}\n`;
    const directory = await configuredDirectory(table('chat.slack', studio, http));
    const environment = { BOT: studio.bot.botToken, SIGN: studio.app.signingSecret };
    const { code, error } = await runCosmos(['start'], { directory, environment });
    expect(error).toContain(
      `chat.slack.http_port is not valid; it is ${port} (something else listens there already)`,
    );
    expect(code).toBe(1);
  });

  it('ends with 1 where no workspace lets it in', async () => {
    const studio = await openStudio();
    studio.bot.revoked = true;
    const directory = await configuredDirectory(table('chat.slack', studio));
    const environment = { BOT: studio.bot.botToken, APP: studio.app.appToken };
    const { code, error } = await runCosmos(['start'], { directory, environment });
    expect(error).toContain('does not let me in with my token');
    expect(code).toBe(1);
  });

  it('ends with 2 where a secret is missing, and other commands work without it', async () => {
    const studio = await openStudio();
    const directory = await configuredDirectory(table('chat.slack', studio));
    const environment = { APP: studio.app.appToken };
    const { code, error } = await runCosmos(['start'], { directory, environment });
    expect(error).toContain('chat.slack.bot_token');
    expect(code).toBe(2);
    const check = await runCosmos(['config', 'check'], { directory, environment });
    expect(check.error).toContain('chat.slack.bot_token');
    expect(check.code).toBe(2);
    expect((await runCosmos(['status'], { directory })).code).toBe(0);
    expect(studio.slack.calls.methods()).toEqual([]);
  });
});

it('config check --online says from the command line what to click', async () => {
  const studio = await openStudio();
  const directory = await configuredDirectory(table('chat.slack', studio));
  const environment = { BOT: studio.bot.botToken, APP: 'xapp-1-A1-2-3' };
  const { code, out } = await runCosmos(['config', 'check', '--online'], { directory, environment });
  expect(out).toContain('✔ The bot token is valid');
  expect(out).toContain('✖ Slack does not know the app token.');
  expect(out).not.toContain('[chat.slack]');
  expect(code).toBe(1);
});
