import { ACCESS_ROLES, type AccessConfig, type AccessRole, type AccessRule } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { ChatReference, ChatUser } from '../ports/chat.ts';
import type { Run } from '../runs/run.ts';
import type { Principal } from './principal.ts';

/** Who may do what: the highest role that a rule gives; else admin at the bot's own machine, elsewhere the default. */
export class AccessPolicy {
  readonly #config: AccessConfig;
  readonly #own: Pick<ChatReference, 'platform' | 'tenant'>;

  constructor(config: AccessConfig, own: Pick<ChatReference, 'platform' | 'tenant'>) {
    this.#config = config;
    this.#own = own;
  }

  roleOf(user: ChatUser, where: ChatReference): AccessRole {
    const given = this.#config.rules.filter((rule) => fits(rule, user, where)).map(({ role }) => role);
    const role = ACCESS_ROLES.findLast((each) => given.includes(each));
    if (role !== undefined) return role;
    const isOwn = where.platform === this.#own.platform && where.tenant === this.#own.tenant;
    return isOwn ? 'admin' : this.#config.defaultRole;
  }

  /** Checked on every inbound event, clicks included. */
  check(user: ChatUser, where: ChatReference, needed: AccessRole, verb: string): Checked<AccessRole> {
    const role = this.roleOf(user, where);
    if (ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed)) return valid(role);
    return invalid('chat.forbidden', { verb, role: needed });
  }
}

/** Everybody ends their own runs; those of others only an admin. Fails with `chat.forbidden`. */
export function checkEnding(role: AccessRole, actor: Principal, run: Run): Checked<undefined> {
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
