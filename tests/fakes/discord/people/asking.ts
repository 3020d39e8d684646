import type { JsonObject } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import { uploadLimit } from '../files.ts';
import type { Interaction } from '../interactions.ts';
import { LIMITS } from '../limits.ts';
import type { Channel, Message, User } from '../model.ts';
import { RESPONSE_TYPES } from '../numbers.ts';
import { channelPermissions } from '../permissions.ts';
import { channelView } from '../views/channel-view.ts';
import { memberWithUser, userView } from '../views/user-view.ts';
import type { World } from '../world.ts';
import { type SeenMessage, seen } from './seen.ts';

/** Who does something. */
export interface Actor {
  readonly world: World;
  readonly user: User;
}

/** What somebody sees of the first response. `timed_out`: "The application did not respond". */
export type Outcome =
  | 'answered'
  | 'deferred'
  | 'deferred_update'
  | 'updated'
  | 'modal'
  | 'suggested'
  | 'timed_out';

const OUTCOMES: Readonly<Record<number, Outcome>> = {
  [RESPONSE_TYPES.MESSAGE]: 'answered',
  [RESPONSE_TYPES.DEFERRED_MESSAGE]: 'deferred',
  [RESPONSE_TYPES.DEFERRED_UPDATE]: 'deferred_update',
  [RESPONSE_TYPES.UPDATE]: 'updated',
  [RESPONSE_TYPES.AUTOCOMPLETE]: 'suggested',
  [RESPONSE_TYPES.MODAL]: 'modal',
};

/** How it went for somebody who waits, and what came after. */
export class Asked {
  readonly outcome: Outcome;
  /** From asking to the first response, by the machine's clock, ms. */
  readonly latencyMs: number | undefined;
  readonly interaction: Interaction;
  readonly #world: World;

  constructor(world: World, interaction: Interaction) {
    const { response } = interaction;
    this.#world = world;
    this.interaction = interaction;
    this.outcome = response ? (OUTCOMES[response.type] ?? 'timed_out') : 'timed_out';
    this.latencyMs = response?.latencyMs;
  }

  /** The messages that answer it, as they are now. */
  get messages(): readonly SeenMessage[] {
    return this.interaction.messages
      .filter((each) => each.deletedAt === undefined)
      .map((each) => seen(this.#world, each));
  }

  /** The words of those answers that only this person sees, as they are now; without "… is thinking". */
  get ephemeral(): readonly string[] {
    return this.messages.filter((each) => each.ephemeral && !each.loading).map((each) => each.words);
  }

  /** Resolves with the first answer that says something (and fits). */
  async answer(fits: (message: SeenMessage) => boolean = () => true): Promise<SeenMessage> {
    return await this.#world.changes.until(() => this.messages.find((each) => !each.loading && fits(each)));
  }
}

interface Question {
  readonly type: number;
  readonly app: Application;
  readonly channel: Channel;
  readonly name: string;
  readonly data: JsonObject;
  readonly source?: Message | undefined;
  readonly more?: JsonObject;
}

/** Sends an interaction to the bot and waits for its first response, three seconds at most. */
export async function ask(actor: Actor, question: Question): Promise<Asked> {
  const { world, user } = actor;
  const { app, channel, type, name, source } = question;
  const interaction = world.interactions.begin({
    app,
    type,
    user,
    channel,
    name,
    source,
    uploadBytes: Math.max(user.uploadBytes, uploadLimit(world, channel)),
  });
  const payload = payloadOf(actor, interaction, question);
  world.gateway.dispatch({
    type: 'INTERACTION_CREATE',
    data: (session) => (session.app === app ? payload : undefined),
  });
  const lapsed = new AbortController();
  const stop = AbortSignal.any([lapsed.signal, world.stopped]);
  await Promise.race([
    world.changes.until(() => interaction.response !== undefined),
    world.clock.sleep(LIMITS.responseMs, stop),
  ]);
  lapsed.abort();
  return new Asked(world, interaction);
}

function payloadOf(actor: Actor, interaction: Interaction, { data, more }: Question): JsonObject {
  const { world, user } = actor;
  const { app, channel } = interaction;
  const { state } = world;
  const base = {
    id: interaction.id,
    application_id: app.id,
    type: interaction.type,
    token: interaction.token,
    version: 1,
    data,
    channel: channelView(state, channel, app.user.id),
    channel_id: channel.id,
    locale: 'en-US',
    app_permissions: String(channelPermissions(state, channel, app.user.id)),
    entitlements: [],
    attachment_size_limit: interaction.uploadBytes,
    ...more,
  };
  if (channel.guildId === undefined) {
    return { ...base, user: userView(user), context: 1, authorizing_integration_owners: {} };
  }
  const guild = state.guild(channel.guildId);
  const member = guild.members.get(user.id);
  if (!member) throw new Error(`${user.username} is not in ${guild.name}`);
  return {
    ...base,
    guild_id: guild.id,
    guild: { id: guild.id, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    member: {
      ...memberWithUser(state, member),
      permissions: String(channelPermissions(state, channel, user.id)),
    },
    context: 0,
    authorizing_integration_owners: { 0: guild.id },
  };
}
