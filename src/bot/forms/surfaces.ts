import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { PathMask } from '../chat/path-mask.ts';
import { home } from './home.ts';
import { type ChatFormsParts, RegistryForms } from './registry-forms.ts';

/** The same where nobody may read a path of the operator. */
export function maskedSurfaces(surfaces: ChatSurfaces, mask: PathMask): ChatSurfaces {
  return { ...surfaces, home: (user, where) => mask.card(surfaces.home(user, where)) };
}

/** What a platform may show beside messages; everything is read from this process's memory and store at once. */
export function createSurfaces(parts: ChatFormsParts): ChatSurfaces {
  return {
    forms: new RegistryForms(parts),
    home: (user, where) => home(parts, user, where),
  };
}
