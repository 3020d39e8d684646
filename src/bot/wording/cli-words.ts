import type { ChatConfig, Config, WebConfig } from '../../core/config/config.ts';
import type { RunId } from '../../core/ids.ts';
import { count } from './numbers.ts';

/** What the command line says beside the cards. */
export function embeddedDefault(dataDirectory: string): string {
  return `No cosmos.toml here: using the embedded default (data in ${dataDirectory}, this machine, model preview).`;
}

/** `config check --online` where every chat is on this machine. */
export const NOTHING_ONLINE =
  'Nothing to ask: no chat on a server is configured. `npx cosmos host check NAME` asks a host.';

/** The end of `config check` where nothing is wrong. */
export function configRight({ hosts }: Pick<Config, 'hosts'>): string {
  const names = hosts.map(({ name }) => name);
  const [one = 'NAME', ...others] = names;
  const ask = `\`npx cosmos host check ${others.length === 0 ? one : 'NAME'}\` asks a host itself.`;
  return `Nothing is wrong with the configuration (${count(names.length, 'host')}: ${names.join(', ')}). ${ask}`;
}

export const NO_BOT_RUNS =
  'No bot is running here: start one with `npx cosmos start`, or queue with --wait to run it from here.';

/** While a log is followed: why nothing comes. */
export const NOBODY_FOLLOWS =
  'No bot follows this run now, so its log does not grow here: start one with `npx cosmos start`.';
export const WAITS_FOR_A_BOT =
  'This run waits, and no bot is running that would take it: start one with `npx cosmos start`.';
export const WAITS_ITS_TURN = 'This run waits for its turn; its log follows.';

/** Runs that this command leaves behind. */
export function leftRunning(runs: readonly [RunId, ...RunId[]]): string {
  const what = runs.length === 1 ? `${runs[0]} goes on` : `${runs.join(', ')} go on`;
  const them = runs.length === 1 ? 'it to its end' : 'them to their end';
  return `${what}. \`npx cosmos start\`, or \`--wait\` on another run, brings ${them}.`;
}

export function contactSheetAt(path: string): string {
  return `All results on one picture: \`${path}\``;
}

/** Which ciphers SSH uses, and what the slow ones cost. */
export const CIPHERS = {
  native: 'SSH uses compiled ciphers.',
  javascript:
    'SSH uses ciphers in JavaScript: transfers reach about half of the speed. `npm run build:native` compiles faster ones.',
} as const;

export function started(config: Config): string {
  const lanes = config.hosts.flatMap((host) => host.lanes.map(({ name }) => name));
  const source = config.source.kind === 'file' ? config.source.path : 'the embedded default';
  return `cosmos is running with ${source}; lanes: ${lanes.join(', ')}. ${config.chat.terminal ? TERMINAL_HINT : 'Leave with Ctrl-C.'}`;
}

const TERMINAL_HINT = 'Name a video to make a prompt, or type `help`; leave with `exit` or Ctrl-C.';

/** The chats on servers, a line each: which, how, and where uploads become prompts, as far as that is known before. */
export function chatsServed({ slack, discord }: ChatConfig): readonly string[] {
  const workspaces = slack.map(({ where, connection, channels }) => {
    const mode = connection.mode === 'socket' ? 'Socket Mode' : `HTTP mode at port ${connection.port}`;
    const places = channels.length === 0 ? 'wherever the bot is a member' : `in ${channels.join(', ')}`;
    return `Slack (\`${where}\`), ${mode}: a posted video becomes a prompt ${places}.`;
  });
  if (discord === undefined) return workspaces;
  const { where, guilds } = discord;
  const commands = guilds.length === 0 ? 'everywhere' : `in ${guilds.join(', ')} alone`;
  // What becomes a prompt there is known when Discord has said what the bot may read.
  return [...workspaces, `Discord (\`${where}\`), commands ${commands}.`];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/** Where links lead, where the bot listens, and who can get there without a proxy. */
export function webServed({ publicUrl, host, port }: WebConfig): string {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const reach = LOOPBACK.test(host)
    ? 'for this machine alone'
    : 'and other machines can reach that, without encryption';
  return `Links to files begin with ${publicUrl}; the bot listens at ${place}, ${reach}.`;
}

/** `ways`: how files reach the bot there, where that depends on what it is allowed. */
export function chatConnected(where: string, ways: readonly string[] = []): string {
  const files = ways.length === 0 ? '' : ` A prompt begins with ${ways.join('; ')}.`;
  return `\`${where}\` is connected.${files}`;
}

/** The demo is over; `directory` holds what it made. */
export function demoEnd(path: string, run: RunId, directory: string): string {
  return `The finished video: ${path}\nLook at it again: cd ${directory} && npx cosmos show ${run}`;
}

/** Somebody ended the demo before its run: `directory` holds it. */
export function demoLeft(run: RunId, directory: string): string {
  return `${run} goes on. To bring it to its end: cd ${directory} && npx cosmos start`;
}
