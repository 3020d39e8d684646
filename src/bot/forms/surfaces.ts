import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import { home } from './home.ts';
import { type ChatFormsParts, RegistryForms } from './registry-forms.ts';

/** What a platform may show beside messages; everything is read from this process's memory and store at once. */
export function createSurfaces(parts: ChatFormsParts): ChatSurfaces {
  return {
    forms: new RegistryForms(parts),
    home: (user, where) => home(parts, user, where),
  };
}
