import { userInfo } from 'node:os';
import type { Principal } from '../../core/access/principal.ts';
import type { ChatUser } from '../../core/ports/chat.ts';
import type { Store } from '../../core/store/store.ts';
import { TERMINAL_PLACE } from '../terminal/terminal-chat.ts';

/** Whoever sits at this machine's terminal. */
export function localUser(): ChatUser {
  const { username, gid } = userInfo();
  return { id: username, name: username, groups: [String(gid)] };
}

export function localPrincipal(store: Store): Principal {
  const { id, name } = localUser();
  return store.principals.ensure({
    platform: TERMINAL_PLACE.platform,
    tenant: TERMINAL_PLACE.tenant,
    user: id,
    name,
  });
}
