import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignedValues, bindWords, requiredPermission } from '../../../src/bot/commands/arguments.ts';
import type { CommandDefinition } from '../../../src/bot/commands/definition.ts';
import { parseCommand } from '../../../src/bot/commands/parse.ts';
import { quoteWord, splitWords } from '../../../src/bot/commands/parse-words.ts';
import { COMMANDS, type CommandVerb } from '../../../src/bot/commands/registry.ts';

describe('dividing a line into words', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['  a \t b\n', ['a', 'b']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ["'b c'", ['b c']],
    ['“b c” ‘d e’ „f g“', ['b c', 'd e', 'f g']],
    ["it's raining", ["it's", 'raining']],
    ['it’s raining', ['it’s', 'raining']],
    ['text="a b"', ['text=a b']],
    ['"my clip.mp4"=depth', ['my clip.mp4=depth']],
    ['"a"\'b\'', ['ab']],
    ['""', ['']],
    ['a\\ b \\"c', ['a b', '"c']],
    ["'a\\b'", ['a\\b']],
    ["'a\\ \\\\b' 'C:\\'", ['a\\ \\\\b', 'C:\\']],
    ['C:\\clips\\a.mp4', ['C:\\clips\\a.mp4']],
    ['5" screen', ['5"', 'screen']],
    ['trailing\\', ['trailing\\']],
    ['"say \\"hi\\""', ['say "hi"']],
    ['雨の夜 🌧️', ['雨の夜', '🌧️']],
  ])('%j gives %j', (line, words) => {
    const split = splitWords(line);
    expect(split.ok && split.value.map((word) => word.text)).toEqual(words);
  });

  test.each(['"open', "a 'b c", '“open"', '‘x', 'a="b'])(
    '%j is refused for its open quotation mark',
    (line) => {
      expect(splitWords(line)).toMatchObject({ ok: false, problems: [{ code: 'input.quote_unbalanced' }] });
    },
  );

  test('a NUL is refused', () => {
    expect(splitWords('a\0b')).toMatchObject({ ok: false, problems: [{ code: 'input.text_nul' }] });
  });

  test('quoting any words and dividing them gives them back', () => {
    const character = fc.constantFrom(
      'a',
      ' ',
      '"',
      "'",
      '\\',
      '“',
      '”',
      '„',
      '‘',
      '’',
      '=',
      '-',
      '—',
      '\n',
      '\t',
      '$',
      '🌧️',
      'ش',
      '|',
    );
    const word = fc.oneof(
      fc.string({ unit: character, maxLength: 12 }),
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const split = splitWords(words.map(quoteWord).join(' '));
        expect(split).toMatchObject({ ok: true });
        expect(split.ok && split.value.map((each) => each.text)).toEqual(words);
      }),
      { numRuns: 1000 },
    );
  });

  test('any line gives words or a problem and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect([true, false]).toContain(splitWords(line).ok);
        expect([true, false]).toContain(parseCommand(line, COMMANDS).ok);
      }),
    );
  });
});

describe('a typed command', () => {
  test('has its verb, arguments, parameters and options sorted', () => {
    expect(parseCommand('inference ps_7k2 edge=0.8 --model preview seed=7 --dry-run', COMMANDS)).toEqual({
      ok: true,
      value: {
        verb: 'inference',
        arguments: { prompt: 'ps_7k2' },
        rest: [],
        options: { model: 'preview', 'dry-run': true },
        assignments: [
          { name: 'edge', value: '0.8' },
          { name: 'seed', value: '7' },
        ],
      },
    });
  });

  test.each([
    'run ps_7',
    'RUN ps_7',
    '/cosmos run ps_7',
    '@cosmos run ps_7',
    'cosmos run ps_7',
    'npx cosmos run ps_7',
    'inference ps_7',
  ])('%j is an inference', (line) => {
    expect(parseCommand(line, COMMANDS)).toMatchObject({ ok: true, value: { verb: 'inference' } });
  });

  test.each(['--model preview', '--model=preview', '—model preview', '–model preview', '--MODEL preview'])(
    'takes %j as the option',
    (option) => {
      expect(parseCommand(`run ps_7 ${option}`, COMMANDS)).toMatchObject({
        ok: true,
        value: { options: { model: 'preview' } },
      });
    },
  );

  test('without words is a call for help', () => {
    expect(parseCommand('  ', COMMANDS)).toMatchObject({ ok: true, value: { verb: 'help' } });
  });

  test('takes what is quoted or behind two dashes as words', () => {
    expect(parseCommand('search "--limit" -- --mine', COMMANDS)).toMatchObject({
      ok: true,
      value: { rest: ['--limit', '--mine'], options: {} },
    });
  });

  test('gives an option the next word, whatever it looks like', () => {
    expect(parseCommand('create prompt x --negative --blurry', COMMANDS)).toMatchObject({
      ok: true,
      value: { options: { negative: '--blurry' } },
    });
  });

  test('divides a role at the last equals sign, because file names may hold one', () => {
    expect(parseCommand('roles ps_7 "my a=b.mp4"=depth', COMMANDS)).toMatchObject({
      ok: true,
      value: { arguments: { prompt: 'ps_7' }, assignments: [{ name: 'my a=b.mp4', value: 'depth' }] },
    });
  });

  test('keeps equal parameters as a list, and a value may hold an equals sign', () => {
    const parsed = parseCommand('run ps_7 region="a: b" note=a=b region="c: d"', COMMANDS);
    expect(parsed.ok && assignedValues(parsed.value.assignments)).toEqual({
      region: ['a: b', 'c: d'],
      note: 'a=b',
    });
  });

  test('takes singular and plural of a choice', () => {
    expect(parseCommand('list run --status timed-out', COMMANDS)).toMatchObject({
      ok: true,
      value: { arguments: { what: 'runs' }, options: { status: 'timed_out' } },
    });
  });

  test.each<[string, object]>([
    [
      'inferense ps_7',
      { code: 'input.command_unknown', parameters: { given: 'inferense', nearest: 'inference' } },
    ],
    ['xyzzy', { code: 'input.command_unknown', parameters: { given: 'xyzzy' } }],
    ['run ps_7 seed = 5', { code: 'input.parameter_spaced', parameters: { assignment: 'seed=5' } }],
    ['run ps_7 ps_8 seed =5', { code: 'input.parameter_spaced', parameters: { assignment: 'seed=5' } }],
    ['rerun rs_7 edge:0.5', { code: 'input.parameter_spaced', parameters: { assignment: 'edge=0.5' } }],
    ['run ps_7 edge 0.5', { code: 'input.parameter_spaced', parameters: { assignment: 'edge=0.5' } }],
    ['rerun rs_7 edge= 0.5', { code: 'input.parameter_spaced', parameters: { assignment: 'edge=0.5' } }],
    ['rerun rs_7 seed=1, 2, 3', { code: 'input.parameter_spaced', parameters: { assignment: 'seed=1,2,3' } }],
    ['rerun rs_7 edge= rs_8', { code: 'input.argument_unexpected' }],
    ['requests', { code: 'input.command_unknown', parameters: { nearest: 'list requests' } }],
    ['config check', { code: 'input.command_unknown', parameters: { shell: 'config' } }],
    [
      'run ps_7 --modle x',
      { code: 'input.option_unknown', parameters: { given: '--modle', nearest: '--model' } },
    ],
    [
      'run ps_7 --edge 0.5',
      { code: 'input.option_unknown', parameters: { given: '--edge', assignment: 'edge=0.5' } },
    ],
    [
      'run ps_7 --canny-threshold=low',
      { code: 'input.option_unknown', parameters: { assignment: 'canny_threshold=low' } },
    ],
    ['run ps_7 --edge', { code: 'input.option_unknown', parameters: { assignment: 'edge=VALUE' } }],
    ['list', { code: 'input.argument_missing', parameters: { argument: 'prompts|runs|requests' } }],
    ['run ps_7 --wait', { code: 'input.option_unknown', parameters: { commandLineOnly: true } }],
    ['run ps_7 --model', { code: 'input.argument_missing', parameters: { argument: '--model VALUE' } }],
    ['run ps_7 --dry-run=maybe', { code: 'input.argument_invalid', parameters: { expected: 'flag' } }],
    [
      'rate rs_1',
      { code: 'input.argument_missing', parameters: { argument: 'rating', usage: 'rate RUN RATING' } },
    ],
    ['rate rs_1 6', { code: 'input.argument_invalid', parameters: { given: '6', minimum: 1, maximum: 5 } }],
    [
      'rate rs_1 4.5',
      { code: 'input.argument_invalid', parameters: { given: '4.5', expected: 'whole number' } },
    ],
    ['cancel rs_1 now', { code: 'input.argument_unexpected', parameters: { given: ['now'] } }],
    ['roles', { code: 'input.argument_missing', parameters: { argument: 'prompt' } }],
    [
      'list things',
      { code: 'input.argument_invalid', parameters: { choices: ['prompts', 'runs', 'requests'] } },
    ],
    ['list runs --status don', { code: 'input.argument_invalid', parameters: { nearest: 'done' } }],
    ['list runs --limit 0', { code: 'input.argument_invalid', parameters: { minimum: 1 } }],
    ['list runs --limit 1e3', { code: 'input.argument_invalid' }],
  ])('%j is answered with what is wrong', (line, problem) => {
    expect(parseCommand(line, COMMANDS)).toMatchObject({ ok: false, problems: [problem] });
  });

  test('names all its problems at once', () => {
    const parsed = parseCommand('rate --x --y', COMMANDS);
    expect(!parsed.ok && parsed.problems.map((problem) => problem.code)).toEqual([
      'input.argument_missing',
      'input.argument_missing',
      'input.option_unknown',
      'input.option_unknown',
    ]);
  });

  test('has the options of the command line only there', () => {
    expect(parseCommand('run ps_7 --wait', COMMANDS, 'command_line')).toMatchObject({
      ok: true,
      value: { options: { wait: true } },
    });
  });
});

test('a click is bound like words: its target and its arguments', () => {
  const words = { positional: ['rs_1', '5'], options: {}, assignments: [] };
  expect(bindWords('rate', COMMANDS.rate, words)).toMatchObject({
    ok: true,
    value: { arguments: { run: 'rs_1', rating: '5' } },
  });
});

test.each([
  ['queue', 'viewer', 'queue'],
  ['queue list', 'viewer', 'queue'],
  ['queue pause', 'admin', 'queue pause'],
  ['queue resume', 'admin', 'queue resume'],
  ['inference ps_1 --priority 1', 'admin', 'inference --priority 1'],
  ['inference ps_1 --priority 0', 'operator', 'inference'],
  ['inference ps_1 --priority -5', 'operator', 'inference'],
  ['cancel rs_1', 'operator', 'cancel'],
  ['show constructor', 'viewer', 'show'],
])('%j takes the role %s', (line, role, what) => {
  const parsed = parseCommand(line, COMMANDS);
  expect(parsed.ok && requiredPermission(COMMANDS[parsed.value.verb], parsed.value)).toEqual({ what, role });
});

describe('the registry', () => {
  const commands: readonly [string, CommandDefinition][] = Object.entries(COMMANDS);

  test('has no name twice', () => {
    const names = commands.flatMap(([verb, definition]) => [verb, ...definition.aliases]);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(commands)('%s has examples that parse', (verb, definition) => {
    expect(definition.examples.length).toBeGreaterThan(0);
    for (const example of definition.examples) {
      expect(parseCommand(example, COMMANDS)).toMatchObject({ ok: true, value: { verb } });
    }
  });

  test.each(commands)('%s takes required arguments first and a variadic one last', (_verb, definition) => {
    const required = definition.arguments.map((argument) => argument.required);
    expect(required).toEqual(required.toSorted((left, right) => Number(right) - Number(left)));
    expect(definition.arguments.slice(0, -1).some((argument) => argument.variadic === true)).toBe(false);
  });

  test.each(commands)('%s has a summary of one line without a stop', (_verb, definition) => {
    expect(definition.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(definition.summary.length).toBeLessThan(75);
  });

  test('types its verbs', () => {
    const parsed = parseCommand('status', COMMANDS);
    const verb: CommandVerb | undefined = parsed.ok ? parsed.value.verb : undefined;
    expect(verb).toBe('status');
  });
});
