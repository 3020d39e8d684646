import type { AccessPolicy } from '../../core/access/access-policy.ts';
import { ACCESS_ROLES } from '../../core/config/config.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Card, ChatReference, ChatUser } from '../../core/ports/chat.ts';
import { RUN_OUTCOMES, type Run, type RunState } from '../../core/runs/run.ts';
import type { Store } from '../../core/store/store.ts';
import { COMMANDS } from '../commands/registry.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import { homeCard } from '../thread-view/home-card.ts';

const SHOWN_OPEN = 10;
const SHOWN_ENDED = 5;

export interface HomeParts {
  readonly api: CosmosApi;
  readonly access: AccessPolicy;
  readonly store: Pick<Store, 'principals'>;
}

/** The page of one person, as it is now. */
export function home({ api, access, store }: HomeParts, user: ChatUser, where: ChatReference): Card {
  const { platform, tenant } = where;
  const owner = store.principals.find({ platform, tenant, user: user.id })?.id;
  const role = ACCESS_ROLES.indexOf(access.roleOf(user, where));
  if (role < ACCESS_ROLES.indexOf(COMMANDS.status.role)) {
    return problemCard([{ code: 'chat.forbidden', parameters: { role: COMMANDS.status.role } }]);
  }
  const queue = api.queue();
  const own = (states: readonly RunState[], limit: number): Run[] =>
    owner === undefined ? [] : api.listRuns({ owner, states, limit });
  return homeCard({
    name: user.name,
    open: [...own(['active'], SHOWN_OPEN), ...own(['queued'], SHOWN_OPEN)].slice(0, SHOWN_OPEN),
    ended: own(RUN_OUTCOMES, SHOWN_ENDED),
    queue,
    places: queue.waiting.filter((entry) => entry.owner === owner).map(({ place }) => place),
    allowed: Object.entries(COMMANDS).flatMap(([verb, { role: needed, summary }]) =>
      ACCESS_ROLES.indexOf(needed) <= role ? [{ verb, summary }] : [],
    ),
  });
}
