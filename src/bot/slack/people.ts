import type { Logger } from 'pino';
import { z } from 'zod';
import { GUEST_GROUP, STRANGER_GROUP } from '../../core/access/outsiders.ts';
import type { ChatUser } from '../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../core/ports/clock.ts';
import type { SlackClients } from './clients.ts';
import type { SlackIdentity } from './identity.ts';
import { coded } from './patience.ts';
import { slackCode, unavailable } from './slack-errors.ts';

/** How long an answer of Slack is believed, ms. */
const FRESH_MS = 5 * 60_000;
/** How long it is believed while Slack does not answer, ms. */
const STALE_MS = 60 * 60_000;
/** People who are remembered. */
const MAXIMUM_PEOPLE = 10_000;

const userSchema = z.object({
  user: z.object({
    team_id: z.string().optional(),
    name: z.string().optional(),
    real_name: z.string().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
    enterprise_user: z.object({ teams: z.array(z.string()).optional() }).optional(),
  }),
});
const groupsSchema = z.object({
  usergroups: z.array(z.object({ id: z.string(), users: z.array(z.string()).optional() })),
});

interface Known<T> {
  readonly value: T;
  readonly at: UtcMs;
}

/** Name and standing of somebody, without their user groups. */
type Profile = Pick<ChatUser, 'name' | 'groups'>;

export interface PeopleParts {
  readonly lookups: SlackClients['lookups'];
  readonly identity: SlackIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who people are: asked for after an event is acknowledged, and remembered for a while. */
export class People {
  readonly #parts: PeopleParts;
  readonly #profiles = new Map<string, Known<Profile>>();
  /** The user groups of everybody, by user. */
  #memberships: Known<ReadonlyMap<string, readonly string[]>> | undefined;
  readonly #asking = new Map<string, Promise<unknown>>();
  #saidNoGroups = false;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** From memory: what an event can carry before anybody is asked. */
  known(id: string, name?: string): ChatUser {
    const profile = this.#profiles.get(id)?.value;
    const groups = [...(profile?.groups ?? []), ...(this.#memberships?.value.get(id) ?? [])];
    return { id, name: profile?.name ?? name ?? id, groups };
  }

  /** As `ChatPort.person`. Throws as `ChatPort`. */
  async person({ id, name }: ChatUser): Promise<ChatUser> {
    await Promise.all([this.#profile(id), this.#groups()]);
    return this.known(id, name);
  }

  async #profile(id: string): Promise<void> {
    const known = this.#profiles.get(id);
    await this.#refresh(id, known, async () => {
      const value = await this.#askProfile(id);
      this.#profiles.delete(id);
      this.#profiles.set(id, { value, at: this.#parts.clock.now() });
      const [oldest] = this.#profiles.keys();
      if (this.#profiles.size > MAXIMUM_PEOPLE && oldest !== undefined) this.#profiles.delete(oldest);
    });
  }

  async #groups(): Promise<void> {
    await this.#refresh('', this.#memberships, async () => {
      this.#memberships = { value: await this.#askGroups(), at: this.#parts.clock.now() };
    });
  }

  /** Asks where what is known is too old, once for all who wait. */
  async #refresh(key: string, known: Known<unknown> | undefined, ask: () => Promise<void>): Promise<void> {
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : this.#parts.clock.now() - known.at;
    if (ageMs < FRESH_MS) return;
    const asking = this.#asking.get(key) ?? coded(ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    try {
      await asking;
    } catch (error) {
      if (ageMs >= STALE_MS) throw error;
      this.#parts.logger.warn({ err: error }, 'Slack does not say who somebody is: what was known is used');
    }
  }

  async #askProfile(id: string): Promise<Profile> {
    const { lookups, identity } = this.#parts;
    const { team } = await identity.get();
    try {
      const answer = userSchema.safeParse(await lookups.users.info({ user: id }));
      if (!answer.success) throw unavailable('unreadable answer', answer.error);
      return profileOf(answer.data.user, id, team);
    } catch (error) {
      // Slack tells nothing of people of other organisations with whom the bot shares no channel any more.
      if (!['user_not_found', 'user_not_visible'].includes(slackCode(error) ?? '')) throw error;
      return { name: id, groups: [STRANGER_GROUP] };
    }
  }

  async #askGroups(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { lookups, logger } = this.#parts;
    try {
      const answer = groupsSchema.safeParse(await lookups.usergroups.list({ include_users: true }));
      if (!answer.success) throw unavailable('unreadable answer', answer.error);
      const memberships = new Map<string, string[]>();
      for (const { id, users = [] } of answer.data.usergroups) {
        for (const user of users) memberships.set(user, [...(memberships.get(user) ?? []), id]);
      }
      return memberships;
    } catch (error) {
      const code = slackCode(error) ?? '';
      if (!['missing_scope', 'paid_teams_only', 'plan_upgrade_required'].includes(code)) throw error;
      if (!this.#saidNoGroups)
        logger.warn({ code }, 'Slack tells no user groups: access rules with them fit nobody');
      this.#saidNoGroups = true;
      return new Map();
    }
  }
}

function profileOf(user: z.output<typeof userSchema>['user'], id: string, team: string): Profile {
  const isOfTeam =
    user.team_id === undefined ||
    user.team_id === team ||
    user.enterprise_user?.teams?.includes(team) === true;
  const isGuest = user.is_restricted === true || user.is_ultra_restricted === true;
  const isStranger = user.is_stranger === true || !isOfTeam;
  return {
    name:
      [user.profile?.display_name, user.real_name, user.name].find(
        (each) => each !== undefined && each !== '',
      ) ?? id,
    groups: [...(isGuest ? [GUEST_GROUP] : []), ...(isStranger ? [STRANGER_GROUP] : [])],
  };
}
