import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebClient } from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { USE_SHORTCUT } from '../../../src/bot/slack/inbound/from-shortcut.ts';
import { BOT_SCOPES } from '../../../src/bot/slack/scopes.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const TEXT = readFileSync(join(ROOT, 'config/slack-manifest.yaml'), 'utf8');

const manifestSchema = z.object({
  display_information: z.object({ name: z.string().max(35), description: z.string().max(140) }),
  features: z.object({
    app_home: z.object({
      home_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    slash_commands: z.tuple([
      z.object({
        command: z.literal('/cosmos'),
        description: z.string().max(2000),
        usage_hint: z.string().max(1000),
        // Mentions arrive as ids.
        should_escape: z.literal(true),
        url: z.string().optional(),
      }),
    ]),
    shortcuts: z.tuple([
      z.object({
        type: z.literal('message'),
        name: z.string().max(24),
        callback_id: z.string(),
        description: z.string().max(150),
      }),
    ]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ request_url: z.string().optional(), bot_events: z.array(z.string()) }),
    interactivity: z.object({
      is_enabled: z.literal(true),
      request_url: z.string().optional(),
      message_menu_options_url: z.string().optional(),
    }),
    socket_mode_enabled: z.literal(true),
    token_rotation_enabled: z.literal(false),
  }),
});

const MANIFEST = manifestSchema.parse(parse(TEXT));

/** The scopes of each method that the bot calls, in every kind of conversation. */
const KINDS = ['channels', 'groups', 'im', 'mpim'] as const;
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'apps.connections.open': [],
  'auth.test': [],
  'bots.info': ['users:read'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': KINDS.map((kind) => `${kind}:history`),
  'conversations.info': KINDS.map((kind) => `${kind}:read`),
  'conversations.open': ['im:write'],
  'conversations.replies': KINDS.map((kind) => `${kind}:history`),
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'files.list': ['files:read'],
  'usergroups.list': ['usergroups:read'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

/** The scopes without which Slack does not send an event. */
const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  tokens_revoked: [],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
};

/**
 * The command and the shortcut; files that are read from their address; messages to a person with whom no conversation
 * was opened yet, for which Slack's pages name another scope than its methods do.
 */
const FEATURE_SCOPES = ['commands', 'files:read', 'im:write'];

const SOURCE = readdirSync(join(ROOT, 'src/bot/slack'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, 'src/bot/slack', name), 'utf8'))
  .join('\n');

/** What the library knows under the names by which the source calls something. */
function calledMethods(): readonly string[] {
  const families = 'api|apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views';
  const calls = SOURCE.matchAll(new RegExp(`\\b((?:${families})(?:\\??\\.[a-zA-Z]+)+)\\(`, 'g'));
  const named = SOURCE.matchAll(/apiCall\('([^']+)'/g);
  const found = [...calls, ...named].map(([, name = '']) => name.replaceAll('?', ''));
  return [...new Set(found)].filter(isMethod).sort();
}

function isMethod(name: string): boolean {
  const found = name
    .split('.')
    .reduce<unknown>((part, key) => Reflect.get(Object(part), key), new WebClient());
  return typeof found === 'function';
}

describe('config/slack-manifest.yaml', () => {
  const { bot } = MANIFEST.oauth_config.scopes;
  const { bot_events } = MANIFEST.settings.event_subscriptions;

  it('asks for the scopes that `config check --online` looks for', () => {
    expect(bot).toEqual([...BOT_SCOPES]);
  });

  it('asks for the scopes of every method that the bot calls', () => {
    const methods = calledMethods();
    expect(methods).toContain('conversations.info');
    expect(methods.filter((name) => SCOPES[name] === undefined)).toEqual([]);
    const needed = methods.flatMap((name) => SCOPES[name] ?? []);
    expect(needed.filter((scope) => !bot.includes(scope))).toEqual([]);
  });

  it('asks for no scope that nothing needs', () => {
    const needed = new Set([
      ...calledMethods().flatMap((name) => SCOPES[name] ?? []),
      ...bot_events.flatMap((name) => EVENT_SCOPES[name] ?? []),
      ...FEATURE_SCOPES,
    ]);
    expect(bot.filter((scope) => !needed.has(scope))).toEqual([]);
  });

  it('subscribes to the events that the bot handles, with their scopes', () => {
    expect(bot_events.filter((name) => EVENT_SCOPES[name] === undefined)).toEqual([]);
    const needed = bot_events.flatMap((name) => EVENT_SCOPES[name] ?? []);
    expect(needed.filter((scope) => !bot.includes(scope))).toEqual([]);
    const handled = [...new Set(bot_events.map((name) => name.replace(/\..*/, '')))];
    expect(handled.filter((name) => !SOURCE.includes(`'${name}'`))).toEqual([]);
  });

  it('has the shortcut under the name by which the bot knows it', () => {
    expect(MANIFEST.features.shortcuts[0].callback_id).toBe(USE_SHORTCUT);
  });

  it('becomes that of HTTP mode as its first lines say', () => {
    const text = TEXT.replaceAll(/# (.*) {2}# HTTP mode$/gm, '$1').replace(
      'socket_mode_enabled: true',
      'socket_mode_enabled: false',
    );
    const http = manifestSchema
      .extend({ settings: manifestSchema.shape.settings.extend({ socket_mode_enabled: z.literal(false) }) })
      .parse(parse(text));
    const { interactivity, event_subscriptions } = http.settings;
    const urls = [
      http.features.slash_commands[0].url,
      event_subscriptions.request_url,
      interactivity.request_url,
      interactivity.message_menu_options_url,
    ];
    expect(new Set(urls)).toEqual(new Set(['https://cosmos.example.com/slack']));
  });
});
