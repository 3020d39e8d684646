import type { Card, Text } from '../../core/ports/chat.ts';
import { fileReference } from '../../core/prompts/changed-roles.ts';
import { type OfferedFile, type Prompt, ROLES, type Role } from '../../core/prompts/prompt.ts';
import { quoteWord } from '../commands/parse-words.ts';
import { facts, paragraph } from './text.ts';

/** What each file of a prompt is used as, and how to change it where no form can be shown. */
export function rolesCard(prompt: Prompt, offers: readonly OfferedFile[] = []): Card {
  const [first] = prompt.inputs;
  const [offer] = offers;
  const rows = [
    ...prompt.inputs.map(({ role, originalName }): readonly Text[] => [[{ strong: role }], [originalName]]),
    ...offers.map(({ originalName }): readonly Text[] => [['not used'], [originalName]]),
  ];
  return {
    mark: 'none',
    title: facts({ strong: prompt.name }, prompt.id),
    blocks: [
      ...(rows.length === 0 ? [paragraph('It has no files.')] : [{ type: 'rows' as const, rows }]),
      ...(first === undefined
        ? []
        : [
            paragraph('Change one with ', {
              code: `roles ${prompt.id} ${quoteWord(first.originalName)}=${otherRole(first.role)}`,
            }),
            ...(offer === undefined
              ? []
              : [
                  paragraph('Use another one with ', {
                    code: `roles ${prompt.id} ${fileReference(offer.asset)}=${first.role}`,
                  }),
                ]),
            paragraph(`Roles: ${Object.keys(ROLES).join(', ')}.`),
          ]),
    ],
    actions: [],
  };
}

/** Another role that holds the same kind of file. */
function otherRole(role: Role): string {
  const fitting = Object.entries(ROLES).filter(([name, kind]) => kind === ROLES[role] && name !== role);
  return fitting[0]?.[0] ?? role;
}
