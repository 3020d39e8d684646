import { ApplicationCommandOptionType as Type } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CommandDefinition,
  CommandTable,
  OptionDefinition,
} from '../../../../src/bot/commands/definition.ts';
import { COMMANDS } from '../../../../src/bot/commands/registry.ts';
import { PARAMETERS } from '../../../../src/bot/commands/registry-parts.ts';
import { commandDefinitions } from '../../../../src/bot/discord/commands/slash-command.ts';
import type { Parameter } from '../../../../src/core/models/profile.ts';
import { charactersOf, checkCommand, checkCommandSet } from '../../../fakes/discord/checks/command-check.ts';
import { objectsOf } from '../../../fakes/slack/json.ts';
import { arbitraryProfiles, arbitraryRegistry } from './arbitrary-registry.ts';

/** Kinds of arguments that name something. */
const IDS = ['prompt_id', 'run_id', 'request_id', 'prompt_or_run', 'run_or_request', 'any_id'];

const EDGE: Parameter = {
  ...{ type: 'number', minimum: 0, maximum: 1, default: 0.8, essential: true },
  ...{ title: 'Edges', help: 'Weight of the edges; 0 leaves them out' },
};
const SEED: Parameter = { type: 'integer', minimum: 0, essential: true, title: 'Seed' };

function profile(id: string, parameters: Readonly<Record<string, Parameter>>) {
  return { id, parameters };
}

/** As it is sent. */
function sent(...[commands, profiles, scope]: Parameters<typeof commandDefinitions>) {
  return objectsOf(JSON.parse(JSON.stringify(commandDefinitions(commands, profiles, scope))));
}

function optionsOf(verb: string, profiles: Parameters<typeof commandDefinitions>[1] = []) {
  const [command] = sent(COMMANDS, profiles, 'global');
  const subcommand = objectsOf(command?.['options']).find(({ name }) => name === verb);
  return objectsOf(subcommand?.['options']);
}

function option(verb: string, name: string, profiles: Parameters<typeof commandDefinitions>[1] = []) {
  return optionsOf(verb, profiles).find((each) => each['name'] === name);
}

describe('the commands', () => {
  it('are one with a subcommand for every verb, and one in the menu of a message', () => {
    const [slash, menu, ...others] = sent(COMMANDS, [], 'global');
    expect(objectsOf(slash?.['options']).map(({ name }) => name)).toEqual(Object.keys(COMMANDS));
    expect(slash).toMatchObject({ name: 'cosmos', type: 1 });
    expect(menu).toMatchObject({ name: 'Use as prompt', type: 3 });
    expect(others).toEqual([]);
  });

  it.each(['global', 'guild'] as const)('of the scope %s are for those who may use commands', (scope) => {
    for (const command of sent(COMMANDS, [], scope))
      expect(command['default_member_permissions']).toBe('2147483648');
  });

  it('are there in guilds and direct messages', () => {
    for (const command of sent(COMMANDS, [], 'global')) {
      expect(command).toMatchObject({ contexts: [0, 1] });
    }
  });

  it('have no contexts in a single guild, where Discord takes none', () => {
    for (const command of sent(COMMANDS, [], 'guild')) expect(command).not.toHaveProperty('contexts');
  });
});

describe('the options of a verb', () => {
  it('complete the id of a prompt, which a thread or a form knows where it is left out', () => {
    expect(option('inference', 'prompt')).toMatchObject({
      type: Type.String,
      autocomplete: true,
      required: false,
    });
  });

  it('offer the models, as long as there is room for them', () => {
    const models = (count: number) => Array.from({ length: count }, (_, index) => profile(`m${index}`, {}));
    expect(objectsOf(option('inference', 'model', models(25))?.['choices'])).toHaveLength(25);
    expect(option('inference', 'model', models(26))).toMatchObject({ autocomplete: true });
    expect(option('inference', 'model', models(26))).not.toHaveProperty('choices');
  });

  it('are typed for the essential parameters of the models, with their bounds', () => {
    const hidden = { ...SEED, essential: false };
    const profiles = [profile('one', { edge: EDGE, seed: SEED, hidden })];
    expect(option('inference', 'edge', profiles)).toEqual({
      type: Type.Number,
      name: 'edge',
      description: 'Edges: Weight of the edges; 0 leaves them out',
      required: false,
      min_value: 0,
      max_value: 1,
    });
    expect(option('rerun', 'seed', profiles)).toMatchObject({ type: Type.Integer, min_value: 0 });
    expect(option('inference', 'hidden', profiles)).toBeUndefined();
    expect(option('list', 'edge', profiles)).toBeUndefined();
  });

  it('take what any of the models takes', () => {
    const wide = { ...EDGE, minimum: -1, maximum: 3 };
    const open: Parameter = { type: 'number', minimum: 0, essential: false, title: 'Edges' };
    const two = [profile('one', { edge: EDGE }), profile('two', { edge: wide })];
    expect(option('inference', 'edge', two)).toMatchObject({ min_value: -1, max_value: 3 });
    const three = [...two, profile('three', { edge: open })];
    expect(option('inference', 'edge', three)).not.toHaveProperty('max_value');
  });

  it('leave what does not fit to the list of all parameters and to the form', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, EDGE]));
    const names = optionsOf('inference', [profile('one', many)]).map(({ name }) => name);
    expect(names).toHaveLength(25);
    expect(names).toEqual(expect.arrayContaining(['prompt', 'model', 'priority', 'parameters']));
  });

  it('take files where a path is typed elsewhere, and the text of several lines from a form', () => {
    const files = optionsOf('create').filter(({ type }) => type === Type.Attachment);
    expect(files.map(({ name }) => name).slice(0, 2)).toEqual(['file', 'file-2']);
    expect(files).toHaveLength(10);
    expect(option('create', 'text')).toMatchObject({ required: false });
    expect(option('create', 'what')).toBeUndefined();
  });

  it('begin with what is required', () => {
    expect(optionsOf('rate').map(({ name, required }) => [name, required])).toEqual([
      ['rating', true],
      ['run', false],
    ]);
  });

  it('are none of the command line alone', () => {
    expect(option('inference', 'wait')).toBeUndefined();
    expect(option('inference', 'json')).toBeUndefined();
  });

  it('complete ids and what the registry says that they name, and nothing else', () => {
    const models = Array.from({ length: 30 }, (_, index) => profile(`m${index}`, {}));
    const [command] = sent(COMMANDS, models, 'global');
    const completing = objectsOf(command?.['options']).flatMap(({ name: verb, options }) =>
      objectsOf(options).flatMap((each) =>
        each['autocomplete'] === true ? [`${verb} ${each['name']}`] : [],
      ),
    );
    const commands: CommandTable = COMMANDS;
    const named = Object.entries(commands).flatMap(([verb, { arguments: asked, options }]) => [
      ...asked.flatMap(({ name, kind, holds }) =>
        IDS.includes(kind) || holds !== undefined ? [`${verb} ${name}`] : [],
      ),
      ...options.flatMap(({ name, holds }) => (holds === undefined ? [] : [`${verb} ${name}`])),
    ]);
    expect(completing.toSorted()).toEqual(named.toSorted());
    expect(completing).toContain('list prompt');
  });
});

describe('whatever the registry and the profiles are', () => {
  it('everything is within the limits of Discord', () => {
    const scopes = fc.constantFrom('global' as const, 'guild' as const);
    fc.assert(
      fc.property(arbitraryRegistry, arbitraryProfiles, scopes, (commands, profiles, scope) => {
        const definitions = sent(commands, profiles, scope);
        checkCommandSet(definitions);
        for (const each of definitions) checkCommand(each);
        for (const { description, options } of objectsOf(definitions[0]?.['options'])) {
          expect(String(description).trim()).not.toBe('');
          for (const each of objectsOf(options)) {
            expect(String(each['description']).trim()).not.toBe('');
            const [least, most] = [each['min_value'], each['max_value']];
            for (const bound of [least, most]) {
              if (bound !== undefined) expect(Math.abs(Number(bound))).toBeLessThanOrEqual(2 ** 53);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('what fits to the last character is kept, and one more makes it give way', () => {
    const option = (name: string, choices: readonly string[]): OptionDefinition => ({
      ...{ name, type: 'choice', help: 'x'.repeat(50), essential: true, choices },
    });
    const long = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(100, 'x'));
    const full = [option('one', long), option('two', long.slice(0, 17))];
    const lengths = Array.from({ length: 100 }, (_, more) => {
      const options = [
        ...full,
        option('three', ['y'.repeat(1 + more)]),
        option('four', ['z'.repeat(1 + more)]),
      ];
      const verb: CommandDefinition = { ...COMMANDS.queue, arguments: [], summary: 'Do it', options };
      const [command = {}] = sent({ verb }, [], 'global');
      const subcommand = objectsOf(command['options'])[0];
      return { characters: charactersOf(command), options: objectsOf(subcommand?.['options']) };
    });
    for (const { characters } of lengths) expect(characters).toBeLessThanOrEqual(8_000);
    // Each step has four characters more: the largest that fits is as large as it can be.
    const whole = lengths.filter(({ options }) => String(options[0]?.['description']).length === 50);
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.length).toBeLessThan(lengths.length);
    expect(whole.at(-1)?.characters).toBeGreaterThan(8_000 - 4);
  });

  it('of more verbs than a command has room for the first 25 are there', () => {
    const verbs = Array.from({ length: 30 }, (_, index) => [`verb-${index}`, COMMANDS.queue] as const);
    const [command] = sent(Object.fromEntries(verbs), [], 'global');
    const names = objectsOf(command?.['options']).map(({ name }) => name);
    expect(names).toEqual(verbs.slice(0, 25).map(([verb]) => verb));
  });

  it('a command with too much in it loses its longest words first, then options', () => {
    const parameters = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `parameter_${index}`,
        { ...EDGE, help: 'x'.repeat(300) } satisfies Parameter,
      ]),
    );
    const definition = { ...COMMANDS.inference, assignments: PARAMETERS };
    const table = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`verb-${index}`, definition]));
    const [few] = sent(table(4), [profile('one', parameters)], 'global');
    const [many] = sent(table(25), [profile('one', parameters)], 'global');
    for (const each of [few, many]) expect(charactersOf(each ?? {})).toBeLessThanOrEqual(8_000);
    const counts = [few, many].map((each) => objectsOf(objectsOf(each?.['options'])[0]?.['options']).length);
    expect(counts[0]).toBe(25);
    expect(counts[1]).toBeGreaterThan(5);
    expect(objectsOf(many?.['options'])).toHaveLength(25);
  });
});
