import { newAppToken, newBotToken, newId, newSecret } from './ids.ts';
import type { Workspace } from './workspace.ts';

/** Which scopes a bot token may need here; an installation has all of them unless a test says otherwise. */
const ALL_SCOPES = [
  'app_mentions:read',
  'bookmarks:read',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'usergroups:read',
  'users:read',
] as const;

/** The events that the fake can send. */
export const ALL_EVENTS = [
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'channel_archive',
  'channel_deleted',
  'file_deleted',
  'file_shared',
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'reaction_added',
  'tokens_revoked',
] as const;

export type EventSubscription = (typeof ALL_EVENTS)[number];

/** Where an app in HTTP mode wants its requests; bolt has one address for all. */
export interface RequestUrls {
  readonly events: string;
  readonly commands: string;
  readonly interactivity: string;
  readonly options: string;
}

/** A bot in one workspace. */
export interface Installation {
  readonly app: App;
  readonly workspace: Workspace;
  readonly botToken: string;
  readonly botId: string;
  readonly botUserId: string;
  scopes: readonly string[];
  revoked: boolean;
}

/** A Slack app: tokens, secrets, what it subscribed to, how it is reached. */
export class App {
  readonly id = newId('A');
  readonly name: string;
  readonly appToken = newAppToken(this.id);
  readonly signingSecret = newSecret();
  readonly verificationToken = newSecret(12);
  /** What the app token may do. */
  appScopes: readonly string[] = ['connections:write'];
  subscriptions: readonly EventSubscription[] = ALL_EVENTS;
  /** Set: HTTP mode. Unset: Socket Mode. */
  requestUrls: RequestUrls | undefined;
  readonly installations: Installation[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Adds the app's bot to a workspace; it is a member of no channel yet. */
  install(workspace: Workspace, scopes: readonly string[] = ALL_SCOPES): Installation {
    const botId = newId('B');
    const bot = workspace.addUser(this.name, { botId });
    const installation: Installation = {
      app: this,
      workspace,
      botToken: newBotToken(),
      botId,
      botUserId: bot.id,
      scopes,
      revoked: false,
    };
    this.installations.push(installation);
    return installation;
  }

  /** Everything goes to one address, as bolt's HTTP receiver has it. */
  useHttp(url: string): void {
    this.requestUrls = { events: url, commands: url, interactivity: url, options: url };
  }

  installationIn(workspace: Workspace): Installation | undefined {
    return this.installations.find((each) => each.workspace === workspace);
  }
}
