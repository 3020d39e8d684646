import { z } from 'zod';
import type { ErrorCode, ErrorParameters } from '../errors.ts';
import { apiUrlSchema } from './api-url-schema.ts';
import type { SlackConfig } from './config.ts';
import { listenHostSchema } from './listen-host-schema.ts';
import { nameSchema } from './names.ts';
import { type SecretReference, secretSchema } from './secret.ts';

/** Of a channel, public or private; a direct conversation needs no entry, and a `#name` may change. */
const CHANNEL_ID = /^[CG][A-Z0-9]{7,}$/;

/** Nobody but this machine reaches it there: a proxy hands on what Slack sends. */
const LOOPBACK = '127.0.0.1';

const channelSchema = z.string().superRefine((given, context) => {
  if (CHANNEL_ID.test(given)) return;
  const reason = given.startsWith('#') ? 'channel_name' : 'channel_id';
  context.addIssue({
    code: 'custom',
    params: { code: 'config.invalid_value', parameters: { given, reason } },
  });
});

const workspaceSchema = z
  .strictObject({
    bot_token: secretSchema.describe(
      'Where the bot\'s token (`xoxb-…`) is: `{ env = "NAME" }` or `{ file = "path" }`.',
    ),
    app_token: z
      .exactOptional(secretSchema)
      .describe(
        "Where the app's token (`xapp-…`) is: Socket Mode, which needs no address that Slack can reach.",
      ),
    signing_secret: z
      .exactOptional(secretSchema)
      .describe(
        'Where the signing secret of the app is: HTTP mode instead of Socket Mode, with `http_port`.',
      ),
    http_port: z
      .exactOptional(z.int().min(1).max(65_535))
      .describe('HTTP mode: the port at which the requests of Slack arrive.'),
    http_host: z
      .exactOptional(listenHostSchema)
      .describe(
        'HTTP mode: address of this machine at which it listens, `127.0.0.1` where it is not set: a proxy with a certificate stands before it. Others than loopback can be reached from other machines.',
      ),
    api_url: apiUrlSchema
      .default('https://slack.com/api/')
      .describe('Base of the Web API; another one is for tests.'),
    channels: z
      .array(channelSchema)
      .default([])
      .describe(
        'Ids of the channels in which a posted video becomes a prompt; none: wherever the bot is a member. Direct messages and mentions work everywhere.',
      ),
    quiet_channels: z
      .array(channelSchema)
      .default([])
      .describe(
        'Ids of channels in which the bot posts less: the status message and the finished video, and what somebody asks for.',
      ),
  })
  .superRefine((workspace, context) => {
    // A key that was misspelt is told as that.
    if (context.issues.length === 0) checkMode(workspace, context);
  });

/** `[chat.slack]` for one workspace, `[chat.slack.NAME]` for each of several. */
export const slackSchema = z.union([
  workspaceSchema,
  z
    .record(nameSchema, workspaceSchema)
    .refine((workspaces) => Object.keys(workspaces).length > 0, {
      params: { code: 'config.missing_key', parameters: { keys: ['bot_token'] } },
    })
    .superRefine(checkShared),
]);

type Workspace = z.output<typeof workspaceSchema>;

/** Exactly one way in: an app token, or a signing secret with a port. */
function checkMode(workspace: Workspace, context: z.core.$RefinementCtx): void {
  const add = adder(context);
  const { app_token, signing_secret, http_port, http_host } = workspace;
  const isHttp = signing_secret !== undefined;
  if (app_token !== undefined) {
    if (isHttp) add('config.invalid_value', { reason: 'two_modes' }, ['signing_secret']);
    else if (http_port !== undefined) add('config.invalid_value', { reason: 'http_only' }, ['http_port']);
    else if (http_host !== undefined) add('config.invalid_value', { reason: 'http_only' }, ['http_host']);
    return;
  }
  if (isHttp && http_port === undefined) add('config.missing_key', { keys: ['http_port'] });
  if (!isHttp && http_port !== undefined) add('config.missing_key', { keys: ['signing_secret'] });
  if (!isHttp && http_port === undefined)
    add('config.missing_key', { keys: ['app_token', 'signing_secret'] });
}

/** One port has one listener, one token is one workspace, and one app has its events on all of its connections. */
function checkShared(workspaces: Readonly<Record<string, Workspace>>, context: z.core.$RefinementCtx): void {
  const add = adder(context);
  const seen = new Map<string, string>();
  for (const [name, { http_port, bot_token, app_token }] of Object.entries(workspaces)) {
    const shared = [
      ['http_port', http_port],
      ['bot_token', bot_token],
      ['app_token', app_token],
    ] as const;
    for (const [key, value] of shared) {
      if (value === undefined) continue;
      const identity = JSON.stringify([key, value]);
      const other = seen.get(identity);
      if (other === undefined) seen.set(identity, `chat.slack.${name}.${key}`);
      else add('config.duplicate_name', { kind: key, name: nameOf(value), other }, [name, key]);
    }
  }
}

function nameOf(value: number | SecretReference): string {
  if (typeof value === 'number') return String(value);
  return 'env' in value ? value.env : value.file;
}

/** The workspaces, in the order of the file. */
export function toSlack(settings: z.output<typeof slackSchema> | undefined): readonly SlackConfig[] {
  if (settings === undefined) return [];
  if (isOne(settings)) return [toWorkspace(settings, 'chat.slack')];
  return Object.entries(settings).map(([name, each]) => ({
    ...toWorkspace(each, `chat.slack.${name}`),
    name,
  }));
}

function toWorkspace(workspace: Workspace, where: string): SlackConfig {
  const { bot_token, app_token, signing_secret, http_host, http_port, api_url, channels, quiet_channels } =
    workspace;
  const connection: SlackConfig['connection'] | undefined =
    app_token !== undefined
      ? { mode: 'socket', appToken: app_token }
      : signing_secret !== undefined && http_port !== undefined
        ? { mode: 'http', signingSecret: signing_secret, host: http_host ?? LOOPBACK, port: http_port }
        : undefined;
  if (connection === undefined) throw new Error('a checked workspace has a way in');
  return {
    where,
    botToken: bot_token,
    connection,
    apiUrl: api_url.endsWith('/') ? api_url : `${api_url}/`,
    channels,
    quietChannels: quiet_channels,
  };
}

function isOne(settings: z.output<typeof slackSchema>): settings is Workspace {
  const { bot_token } = settings;
  return bot_token !== undefined && ('env' in bot_token || 'file' in bot_token);
}

function adder(context: z.core.$RefinementCtx) {
  return (code: ErrorCode, parameters: ErrorParameters, path: string[] = []): void => {
    context.addIssue({ code: 'custom', path, params: { code, parameters } });
  };
}
