import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../slack/json.ts';
import type { User } from './model.ts';

/** An application of the developer portal, with its bot user. */
export class Application {
  readonly id: string;
  readonly name: string;
  readonly user: User;
  token: string;
  /** The switches for privileged intents in the portal. */
  readonly intents = { messageContent: true, guildMembers: true, presences: true };
  /** Global commands as registered, by id. */
  readonly commands = new Map<string, JsonObject>();
  /** Commands of one guild, by guild id and id. */
  readonly guildCommands = new Map<string, Map<string, JsonObject>>();
  /** How many commands it has created, by guild id (or `global`) and day since 1970. */
  readonly commandCreates = new Map<string, number>();

  constructor(id: string, user: User) {
    this.id = id;
    this.name = user.username;
    this.user = user;
    this.token = newToken(id);
  }

  /** The mention that people type. */
  get mention(): string {
    return `<@${this.user.id}>`;
  }

  /** A new token; the old one is worth nothing any more. */
  resetToken(): void {
    this.token = newToken(this.id);
  }

  commandsIn(guildId: string | undefined): Map<string, JsonObject> {
    if (guildId === undefined) return this.commands;
    const found = this.guildCommands.get(guildId) ?? new Map<string, JsonObject>();
    this.guildCommands.set(guildId, found);
    return found;
  }
}

/** The bot's id in base64, a time, and a secret, as Discord's tokens are. */
function newToken(id: string): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${Buffer.from(id).toString('base64url')}.${part(4)}.${part(27)}`;
}
