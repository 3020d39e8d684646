import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import { gpuStatusCard } from '../thread-view/gpu-status-card.ts';

/** What a platform may show beside messages; everything is read from this process's memory and store at once. */
export function createSurfaces({ api }: { readonly api: CosmosApi }): ChatSurfaces {
  return {
    forms: {
      open: () => undefined,
      refresh: (state) => ({ state, title: 'Cosmos', submit: 'Send', fields: [] }),
      choices: () => [],
      submit: () => ({ ok: true, words: ['help'] }),
    },
    home: () => gpuStatusCard(api.queue()),
  };
}
