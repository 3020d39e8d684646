import type { Application } from '../application.ts';
import { tellChannel, tellGuild, tellMember, tellMembership, tellRole } from '../gateway/events.ts';
import type { Guild, Role } from '../model.ts';
import { BOT_PERMISSIONS, bitsOf, CHANNEL_TYPES, type Permission } from '../numbers.ts';
import { wholeGuildView } from '../views/guild-view.ts';
import type { World } from '../world.ts';
import { DiscordChannel } from './channel.ts';
import type { Person } from './person.ts';

/** A guild, for tests to fill and to change. */
export class DiscordGuild {
  readonly state: Guild;
  readonly #world: World;

  constructor(world: World, state: Guild) {
    this.#world = world;
    this.state = state;
  }

  get id(): string {
    return this.state.id;
  }

  addChannel(name: string): DiscordChannel {
    const { state } = this.#world;
    const channel = state.addChannel({ type: CHANNEL_TYPES.TEXT, name, guildId: this.id });
    tellChannel(this.#world, channel, 'CHANNEL_CREATE');
    return new DiscordChannel(this.#world, channel);
  }

  addRole(name: string, permissions: readonly Permission[] = []): Role {
    const role = this.#world.state.addRole(this.state, name, permissions);
    tellRole(this.#world, this.state, role.id, 'CREATE');
    return role;
  }

  /** Other permissions for a role; `roles.get(guild.id)` is everybody's. */
  changeRole(role: Role, permissions: readonly Permission[]): void {
    role.permissions = bitsOf(permissions);
    tellRole(this.#world, this.state, role.id, 'UPDATE');
    this.#world.changes.announce();
  }

  /** Lets somebody in. A bot comes with a role of its own that has these permissions. */
  invite(whom: Person | Application, permissions: readonly Permission[] = BOT_PERMISSIONS): void {
    const { state } = this.#world;
    const { id } = 'user' in whom ? whom.user : whom;
    const roles = 'user' in whom ? [this.addRole(whom.name, permissions).id] : [];
    state.addMember(this.state, id, roles);
    if ('user' in whom) {
      tellMembership(this.#world, whom, 'GUILD_CREATE', wholeGuildView(state, this.state, id));
    }
    tellMember(this.#world, this.state, id, 'ADD');
    this.#world.changes.announce();
  }

  /** Throws somebody out. */
  kick(whom: Person | Application): void {
    const { id } = 'user' in whom ? whom.user : whom;
    this.state.members.delete(id);
    if ('user' in whom) tellMembership(this.#world, whom, 'GUILD_DELETE', { id: this.id });
    this.#world.changes.announce();
  }

  /** Discord cannot reach it for a while. */
  fail(app: Application): void {
    tellMembership(this.#world, app, 'GUILD_DELETE', { id: this.id, unavailable: true });
    this.#world.changes.announce();
  }

  /** It can be reached again. */
  recover(app: Application): void {
    const whole = wholeGuildView(this.#world.state, this.state, app.user.id);
    tellMembership(this.#world, app, 'GUILD_CREATE', whole);
    this.#world.changes.announce();
  }

  give(person: Person | Application, role: Role): void {
    this.#roles(person).add(role.id);
    this.#told(person);
  }

  take(person: Person | Application, role: Role): void {
    this.#roles(person).delete(role.id);
    this.#told(person);
  }

  /** 10, 10, 50 or 100 MiB per file. */
  boost(tier: Guild['boostTier']): void {
    this.state.boostTier = tier;
    tellGuild(this.#world, this.state);
    this.#world.changes.announce();
  }

  #roles(person: Person | Application): Set<string> {
    const { id } = 'user' in person ? person.user : person;
    const member = this.state.members.get(id);
    if (!member) throw new Error('they are not in the guild');
    return member.roles;
  }

  #told(person: Person | Application): void {
    tellMember(this.#world, this.state, 'user' in person ? person.user.id : person.id, 'UPDATE');
    this.#world.changes.announce();
  }
}
