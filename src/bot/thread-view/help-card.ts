import type { Card, CardBlock, Text } from '../../core/ports/chat.ts';
import {
  type CommandDefinition,
  type CommandSurface,
  type CommandTable,
  optionsOn,
} from '../commands/definition.ts';
import { GLOBAL_OPTIONS, NAMED_VARIABLES } from '../commands/global-options.ts';
import { argumentName, optionUsage, usage } from '../commands/help.ts';
import { paragraph, sentence } from './text.ts';

/** All verbs with their summaries, or one verb with its arguments, options and examples. */
export function helpCard(commands: CommandTable, verb?: string, surface: CommandSurface = 'chat'): Card {
  const definition = verb === undefined ? undefined : commands[verb];
  return verb === undefined || definition === undefined
    ? overview(commands, surface)
    : verbHelp(verb, definition, surface);
}

function overview(commands: CommandTable, surface: CommandSurface): Card {
  const rows = Object.entries(commands).map(([verb, definition]): readonly Text[] => [
    [{ strong: verb }],
    sentence(definition.summary),
  ]);
  return {
    mark: 'none',
    title: ['What I can do'],
    blocks: [
      paragraph(...BEGINNING[surface]),
      { type: 'rows', rows },
      paragraph(...MORE[surface]),
      ...(surface === 'command_line' ? commandLine() : []),
    ],
    actions: [],
  };
}

/** How a first prompt is made, and run. */
const BEGINNING: Readonly<Record<CommandSurface, Text>> = {
  chat: [
    'Send a video together with a sentence that says what it shall become; that makes a prompt, and you can run it.',
  ],
  command_line: [
    { code: 'npx cosmos create prompt "A rainy street at night" clip.mp4' },
    ' makes a prompt of a video and a sentence that says what it shall become; ',
    { code: 'npx cosmos inference PROMPT --wait' },
    ' runs it.',
  ],
};

const MORE: Readonly<Record<CommandSurface, Text>> = {
  chat: [
    'More about one of them: ',
    { code: 'help inference' },
    '. Ids and names may be shortened to their beginning, and left out in the thread of a run.',
  ],
  command_line: [
    'More about one of them: ',
    { code: 'npx cosmos help inference' },
    '. Ids and names may be shortened to their beginning.',
  ],
};

/** What a shell has beside the verbs. */
function commandLine(): readonly CardBlock[] {
  return [
    paragraph('With every command:'),
    { type: 'rows', rows: GLOBAL_OPTIONS.map((option) => helpRow(option.usage, option.help)) },
    paragraph('Variables of the environment, which win over the configuration:'),
    { type: 'rows', rows: NAMED_VARIABLES.map(({ name, help }) => helpRow(name, help)) },
    paragraph('Other keys of the configuration have one too: docs/configuration.md lists them.'),
  ];
}

function helpRow(name: string, help: string): readonly Text[] {
  return [[{ code: name }], sentence(help)];
}

function verbHelp(verb: string, definition: CommandDefinition, surface: CommandSurface): Card {
  const rows: (readonly Text[])[] = definition.arguments.map((argument) => [
    [{ code: argumentName(argument) }],
    sentence(argument.help),
  ]);
  if (definition.assignments !== undefined)
    rows.push([[{ code: definition.assignments.pattern }], sentence(definition.assignments.help)]);
  for (const option of optionsOn(definition, surface)) rows.push(helpRow(optionUsage(option), option.help));
  if (surface === 'command_line') {
    const [config] = GLOBAL_OPTIONS;
    rows.push(helpRow(config.usage, config.help));
  }
  return {
    mark: 'none',
    title: [{ code: usage(verb, definition) }],
    blocks: [
      paragraph(sentence(`${definition.summary}.`)),
      ...(rows.length === 0 ? [] : [{ type: 'rows' as const, rows }]),
      ...examples(verb, definition),
    ],
    actions: [],
  };
}

function examples(verb: string, definition: CommandDefinition): readonly CardBlock[] {
  const others = definition.aliases.length === 0 ? [] : [paragraph('Also: ', definition.aliases.join(', '))];
  const worthIt = definition.examples.filter((example) => example !== verb);
  return [
    ...(worthIt.length === 0
      ? []
      : [
          paragraph('For example:'),
          { type: 'rows' as const, rows: worthIt.map((example): readonly Text[] => [[{ code: example }]]) },
        ]),
    ...others,
  ];
}
