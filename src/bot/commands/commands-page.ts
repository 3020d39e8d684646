import { type CommandDefinition, type CommandTable, optionsOn } from './definition.ts';
import { GLOBAL_OPTIONS, NAMED_VARIABLES } from './global-options.ts';
import { argumentName, optionUsage, usage } from './help.ts';

const INTRODUCTION = `# Commands

Every verb of this list works in every chat and on the command line: \`/cosmos inference ps_7k2m9x4d\` in a chat, or the
same words after a mention of the bot; \`npx cosmos inference ps_7k2m9x4d\` in a shell. [A few more](#on-the-command-line)
are for the shell alone. This page is made from \`src/bot/commands/registry.ts\` and \`src/bot/cli/cli-commands.ts\`; after a
change run \`npx vitest run tests/bot/commands --update\`.

- Ids and names of prompts may be shortened to their beginning as long as it fits one thing only; of a name three
  characters at least. In a thread that belongs to a prompt or to runs they may be left out: \`@cosmos cancel\`,
  \`@cosmos rerun seed=9\` and the others then mean its latest fitting run.
- Words that belong together stand in quotation marks; a backslash before a mark or a space makes it part of the word.
- A parameter takes several values, and each becomes a run: \`seed=1..8\`, \`seed=1..9..2\` (every second one),
  \`edge=0.2,0.5,0.8\`, \`canny_threshold=low,high\`, without spaces. Several lists, and several prompts, make all
  combinations. Ranges are for whole numbers. A parameter that is a text takes no list: a comma belongs to the text.
- Many runs are one request (\`rq_…\`): one message shows where each stands, results come as they are done, and a contact
  sheet ends it. \`show\`, \`status\`, \`cancel\` and \`retry\` take its id. None is queued unless all can be. More than
  \`limits.confirm_above_runs\` wait for a yes: a button, \`confirm\`, or \`--yes\`.
- \`--name value\` and \`--name=value\` are the same; \`--\` ends the options.
- Square brackets mark what may be left out, dots what may be repeated.
`;

/** The content of `docs/commands.md`: `commands` of every chat, and those that `shell` has beside them. */
export function commandsPage(commands: CommandTable, shell: CommandTable): string {
  const overview = Object.entries(commands).map(
    ([verb, definition]) => `| [\`${verb}\`](#${verb}) | ${definition.summary} | ${roleWords(definition)} |`,
  );
  const shellVerbs = Object.entries(shell).filter(([verb]) => !Object.hasOwn(commands, verb));
  const sections = [...Object.entries(commands), ...shellVerbs].map(([verb, definition]) =>
    section(verb, definition),
  );
  return [
    INTRODUCTION,
    '| command | what it does | role |\n| --- | --- | --- |',
    `${overview.join('\n')}\n`,
    commandLine(shellVerbs),
    ...sections,
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}

/** What a shell has beside the verbs. */
function commandLine(verbs: readonly (readonly [string, CommandDefinition])[]): string {
  const own = verbs.map(([verb, { summary }]) => `| [\`${verb}\`](#${verb}) | ${summary} |`);
  const options = GLOBAL_OPTIONS.map(({ usage, help }) => row(usage, help));
  const variables = NAMED_VARIABLES.map(({ name, help }) => row(name, help));
  return [
    '## On the command line\n',
    'Verbs that a shell alone has:\n',
    '| command | what it does |\n| --- | --- |',
    ...own,
    '\nBefore and after every verb, and in the environment:\n',
    '| | |\n| --- | --- |',
    ...options,
    ...variables,
    '\nThe variables win over the configuration; [configuration.md](configuration.md#variables) has all of them.\n',
  ].join('\n');
}

function section(verb: string, definition: CommandDefinition): string {
  const rows = [
    ...definition.arguments.map((argument) => row(argumentName(argument), argument.help)),
    ...(definition.assignments === undefined
      ? []
      : [row(definition.assignments.pattern, definition.assignments.help)]),
    ...optionsOn(definition, 'command_line').map((option) =>
      row(
        optionUsage(option),
        option.commandLineOnly === true ? `${option.help} (command line only)` : option.help,
      ),
    ),
  ];
  return [
    `## ${verb}\n`,
    `${definition.summary}.${definition.aliases.length === 0 ? '' : ` Also: ${definition.aliases.map((alias) => `\`${alias}\``).join(', ')}.`}\n`,
    `\`\`\`\n${usage(verb, definition, 'command_line')}\n\`\`\`\n`,
    ...(rows.length === 0 ? [] : ['| | |\n| --- | --- |', `${rows.join('\n')}\n`]),
    `For example:\n\n\`\`\`\n${definition.examples.join('\n')}\n\`\`\`\n`,
  ].join('\n');
}

function row(name: string, help: string): string {
  return `| \`${name.replaceAll('|', '\\|')}\` | ${help} |`;
}

function roleWords(definition: CommandDefinition): string {
  const special = Object.entries(definition.roleOfChoice ?? {}).map(
    ([choice, role]) => `${role} for \`${choice}\``,
  );
  return [definition.role, ...special].join(', ');
}
