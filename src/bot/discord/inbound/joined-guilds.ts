import { GatewayDispatchEvents as Events, type GatewayDispatchPayload } from 'discord.js';

/** Tells a guild that has let the bot in from one that was there at the start, or is back after a failure of Discord. */
export class JoinedGuilds {
  /** Undefined before the first session. */
  #known: Set<string> | undefined;

  /** The guild that has let the bot in since the first session began, where an event tells of one. */
  apply(payload: GatewayDispatchPayload): string | undefined {
    switch (payload.t) {
      case Events.Ready: {
        const now = payload.d.guilds.map(({ id }) => id);
        // Those that came while nobody was connected are told with what a session begins with.
        this.#known = new Set(this.#known === undefined ? now : now.filter((id) => this.#known?.has(id)));
        return undefined;
      }
      case Events.GuildCreate: {
        const { id, unavailable } = payload.d;
        if (unavailable === true || this.#known === undefined || this.#known.has(id)) return undefined;
        this.#known.add(id);
        return id;
      }
      case Events.GuildDelete:
        if (payload.d.unavailable !== true) this.#known?.delete(payload.d.id);
        return undefined;
      default:
        return undefined;
    }
  }
}
