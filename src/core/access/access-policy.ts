import { ACCESS_ROLES, type AccessConfig, type AccessRole, type AccessRule } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { ChatReference, ChatUser } from '../ports/chat.ts';

/** Who may do what: the highest role that a rule gives, else the default. */
export class AccessPolicy {
  readonly #config: AccessConfig;

  constructor(config: AccessConfig) {
    this.#config = config;
  }

  roleOf(user: ChatUser, where: ChatReference): AccessRole {
    const given = this.#config.rules.filter((rule) => fits(rule, user, where)).map(({ role }) => role);
    if (given.length === 0) return this.#config.defaultRole;
    return ACCESS_ROLES.findLast((role) => given.includes(role)) ?? this.#config.defaultRole;
  }

  /** Checked on every inbound event, clicks included. */
  check(user: ChatUser, where: ChatReference, needed: AccessRole, verb: string): Checked<AccessRole> {
    const role = this.roleOf(user, where);
    if (ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed)) return valid(role);
    return invalid('chat.forbidden', { verb, role: needed });
  }
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
