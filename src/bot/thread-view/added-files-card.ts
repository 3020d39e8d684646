import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { TakenRole } from '../../core/prompts/added-inputs.ts';
import { seriesOf } from '../../core/prompts/assign-roles.ts';
import { fileReference } from '../../core/prompts/changed-roles.ts';
import type { OfferedFile, Prompt } from '../../core/prompts/prompt.ts';
import type { AddedFiles } from '../../core/prompts/prompt-files.ts';
import { leftOutWords } from '../wording/left-out-words.ts';
import { changeBlocks } from './change-blocks.ts';
import { mediaFacts } from './media-facts.ts';
import { action, facts, line, paragraph } from './text.ts';

/** What became of files that somebody sent for a prompt, with those that cannot be an input; it asks which one is meant where two have one role. */
export function addedFilesCard({ prompt, added, taken }: AddedFiles, leftOut: readonly string[] = []): Card {
  return {
    mark: taken.length === 0 ? 'none' : 'warning',
    title: facts({ strong: prompt.name }, prompt.id, titleWords(added.length, taken.length)),
    blocks: [
      ...(added.length === 0 ? [] : [rows(added.map((input) => fileRow(input.role, input)))]),
      ...changeBlocks([...added, ...taken.map(({ role, sent }) => ({ ...sent, role }))]),
      ...(taken.length === 0
        ? []
        : [paragraph('A role has one file. Which one shall it be?'), rows(taken.flatMap(takenRows))]),
      ...(leftOut.length === 0 ? [] : [paragraph(leftOutWords(leftOut))]),
    ],
    actions: [
      ...taken.map((each) => useInstead(prompt.id, each)),
      ...useBeside(prompt, taken),
      action('roles', prompt.id, 'Roles'),
    ],
  };
}

function titleWords(added: number, taken: number): string {
  if (taken > 0) return added === 0 ? 'has such a file already' : 'added, and one question';
  return added === 0 ? 'has this file already' : 'added';
}

function takenRows({ role, now, sent }: TakenRole): readonly (readonly Text[])[] {
  return [fileRow(`${role} now`, now), fileRow('sent', sent)];
}

function fileRow(what: string, { originalName, asset }: OfferedFile): readonly Text[] {
  return [line({ strong: what }), line(originalName), line(mediaFacts(asset.facts))];
}

function useInstead(prompt: string, { role, sent }: TakenRole): CardAction {
  return action('roles', prompt, `Use the new ${sent.originalName}`, {
    arguments: [`${fileReference(sent.asset)}=${role}`],
  });
}

/** Several pictures can be used at once, as long as there are roles for them. */
function useBeside({ id, inputs }: Prompt, taken: readonly TakenRole[]): readonly CardAction[] {
  const used = new Set(inputs.map(({ role }) => role));
  return taken.flatMap(({ role, sent }) => {
    const free = seriesOf(role).find((other) => !used.has(other));
    if (free === undefined) return [];
    used.add(free);
    const given = { arguments: [`${fileReference(sent.asset)}=${free}`] };
    return [action('roles', id, `Add ${sent.originalName} as ${free}`, given)];
  });
}

function rows(cells: readonly (readonly Text[])[]): CardBlock {
  return { type: 'rows', rows: cells };
}
