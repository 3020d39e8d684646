import type { ChatSurfaces } from '../../src/core/ports/chat-surfaces.ts';

/** A bot that shows nothing beside messages. */
export const NO_SURFACES: ChatSurfaces = {
  forms: {
    open: () => undefined,
    refresh: (state) => ({ state, title: 'Nothing', submit: 'Nothing', fields: [] }),
    choices: () => [],
    suggest: () => [],
    submit: () => ({ ok: true, words: [] }),
  },
  home: () => ({ mark: 'none', title: ['Nothing'], blocks: [], actions: [] }),
};
