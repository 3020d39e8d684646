import { ACCESS_ROLES, type AccessConfig, type AccessRole, type AccessRule } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { ChatReference, ChatUser } from '../ports/chat.ts';
import type { Run } from '../runs/run.ts';
import { GUEST_GROUP, STRANGER_GROUP } from './outsiders.ts';
import type { Principal } from './principal.ts';

/**
 * Who may do what: the highest role that a rule gives; else admin at the bot's own machine, elsewhere the default.
 * Guests and strangers are outsiders: a rule for a place or a workspace does not mean them, only one that names them.
 */
export class AccessPolicy {
  readonly #config: AccessConfig;
  readonly #own: Pick<ChatReference, 'platform' | 'tenant'>;

  constructor(config: AccessConfig, own: Pick<ChatReference, 'platform' | 'tenant'>) {
    this.#config = config;
    this.#own = own;
  }

  roleOf(user: ChatUser, where: ChatReference): AccessRole {
    const outsider = this.#roleOfOutsider(user);
    const given = this.#config.rules
      .filter((rule) => outsider === undefined || rule.users !== undefined || rule.groups !== undefined)
      .filter((rule) => fits(rule, user, where))
      .map(({ role }) => role);
    const role = ACCESS_ROLES.findLast((each) => given.includes(each));
    if (role !== undefined) return role;
    if (outsider !== undefined) return outsider;
    const isOwn = where.platform === this.#own.platform && where.tenant === this.#own.tenant;
    return isOwn ? 'admin' : this.#config.defaultRole;
  }

  #roleOfOutsider({ groups }: ChatUser): AccessRole | undefined {
    if (groups.includes(STRANGER_GROUP)) return this.#config.strangerRole;
    return groups.includes(GUEST_GROUP) ? this.#config.guestRole : undefined;
  }

  /** Checked on every inbound event, clicks included. */
  check(user: ChatUser, where: ChatReference, needed: AccessRole, verb: string): Checked<AccessRole> {
    const role = this.roleOf(user, where);
    if (ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed)) return valid(role);
    return invalid('chat.forbidden', { verb, role: needed });
  }
}

/** Everybody ends their own runs; those of others only an admin. Fails with `chat.forbidden`. */
export function checkEnding(
  role: AccessRole,
  actor: Principal,
  run: Pick<Run, 'owner' | 'ownerName'>,
): Checked<undefined> {
  if (run.owner === actor.id || role === 'admin') return valid(undefined);
  return invalid('chat.forbidden', { verb: 'cancel', owner: run.ownerName, role: 'admin' });
}

function fits(rule: AccessRule, user: ChatUser, where: ChatReference): boolean {
  return (
    (rule.platform === undefined || rule.platform === where.platform) &&
    (rule.tenant === undefined || rule.tenant === where.tenant) &&
    (rule.users === undefined || rule.users.includes(user.id)) &&
    (rule.groups === undefined || rule.groups.some((group) => user.groups.includes(group))) &&
    (rule.channels === undefined || rule.channels.includes(where.channel))
  );
}
