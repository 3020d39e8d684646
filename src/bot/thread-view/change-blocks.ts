import type { CardBlock } from '../../core/ports/chat.ts';
import type { PromptInput } from '../../core/prompts/prompt.ts';
import { pictureChangeWords } from '../wording/picture-change-words.ts';
import { paragraph } from './text.ts';

/** What videos do not keep of the pictures that they were made of: the same of several of them is said once. */
export function changeBlocks(inputs: readonly Pick<PromptInput, 'role' | 'changes'>[]): readonly CardBlock[] {
  const roles = Map.groupBy(
    inputs.filter(({ changes = [] }) => changes.length > 0),
    ({ changes = [] }) => pictureChangeWords(changes),
  );
  return [...roles].map(([words, changed]) =>
    paragraph({ strong: changed.map(({ role }) => role).join(', ') }, ` made of pictures: ${words}`),
  );
}
