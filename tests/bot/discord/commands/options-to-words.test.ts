import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWords } from '../../../../src/bot/commands/parse.ts';
import { COMMANDS } from '../../../../src/bot/commands/registry.ts';
import { optionsToWords } from '../../../../src/bot/discord/commands/options-to-words.ts';

type Value = string | number | boolean;

/** What somebody has chosen, as Discord sends it. */
function chosen(verb: string, values: Readonly<Record<string, Value>> = {}) {
  return [
    {
      type: 1,
      name: verb,
      options: Object.entries(values).map(([name, value]) => ({ name, value, type: 3 })),
    },
  ];
}

function parsed(verb: string, values: Readonly<Record<string, Value>> = {}) {
  const command = parseWords(optionsToWords(chosen(verb, values)), COMMANDS);
  if (!command.ok) throw new Error(JSON.stringify(command.problems));
  return command.value;
}

describe('what somebody has chosen', () => {
  it('becomes a command with its id, its options and its parameters', () => {
    expect(
      parsed('inference', { prompt: 'ps_7k2m9x4d', model: 'preview', edge: 0.8, seed: 7, 'dry-run': true }),
    ).toMatchObject({
      verb: 'inference',
      arguments: { prompt: 'ps_7k2m9x4d' },
      options: { model: 'preview', 'dry-run': true },
      assignments: [
        { name: 'edge', value: '0.8' },
        { name: 'seed', value: '7' },
      ],
    });
  });

  it('has the one word that an argument can be', () => {
    expect(optionsToWords(chosen('create', { text: 'A street' }))).toEqual(['create', 'prompt', 'A street']);
  });

  it('has no files among its words', () => {
    const given = { file: '1100000000000000009', 'file-2': '1100000000000000010', text: 'A street' };
    expect(optionsToWords(chosen('create', given))).toEqual(['create', 'prompt', 'A street']);
  });

  it('is the same in whichever order it was chosen', () => {
    expect(parsed('rate', { rating: 5, run: 'rs_3fq8w1zz' })).toMatchObject({
      arguments: { run: 'rs_3fq8w1zz', rating: '5' },
    });
  });

  it('may be a negative number', () => {
    expect(parsed('inference', { prompt: 'ps_1', priority: -5, edge: -0.5 })).toMatchObject({
      options: { priority: -5 },
      assignments: [{ name: 'edge', value: '-0.5' }],
    });
  });

  it('may look like an option without being one', () => {
    const text = '--negative space, and — a dash';
    expect(parsed('create', { text, negative: '--name' })).toMatchObject({
      arguments: { text },
      options: { negative: '--name' },
    });
  });

  it('says no where a flag or a parameter is false', () => {
    const { options, assignments } = parsed('inference', { prompt: 'ps_1', 'dry-run': false, refine: false });
    expect(options).toEqual({ 'dry-run': false });
    expect(assignments).toEqual([{ name: 'refine', value: 'false' }]);
  });

  it('takes parameters in a list as they are typed, and those that were chosen over them', () => {
    const parameters = 'edge=0.2 seg_prompt="a red car" seed=1';
    expect(parsed('inference', { prompt: 'ps_1', edge: 0.9, parameters }).assignments).toEqual([
      { name: 'seg_prompt', value: 'a red car' },
      { name: 'seed', value: '1' },
      { name: 'edge', value: '0.9' },
    ]);
  });

  it('tells what is wrong with a list that cannot be divided', () => {
    const words = optionsToWords(chosen('rerun', { run: 'rs_1', parameters: 'edge "open' }));
    expect(parseWords(words, COMMANDS)).toMatchObject({ ok: false });
  });

  it('divides words to look for', () => {
    expect(parsed('search', { text: ' neon   street ' }).rest).toEqual(['neon', 'street']);
  });

  it('is taken for a parameter where this version does not know it any more', () => {
    expect(optionsToWords(chosen('inference', { old_parameter: 3 }))).toEqual([
      'inference',
      'old_parameter=3',
    ]);
  });

  it('may be a verb that this version does not know any more', () => {
    expect(optionsToWords(chosen('launch', { rocket: 1 }))).toEqual(['launch']);
    expect(optionsToWords(chosen('constructor'))).toEqual(['constructor']);
    expect(optionsToWords([])).toEqual(['help']);
  });
});

describe('whatever is entered', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

  it('a text arrives as it is', () => {
    fc.assert(
      fc.property(text, text, fc.string({ minLength: 1 }), (what, negative, name) => {
        const command = parsed('create', { text: what, negative, name });
        expect(command.arguments['text']).toBe(what);
        expect(command.options).toEqual({ negative, name });
      }),
    );
  });

  it('a number or a text for a parameter arrives as it is', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), text);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/), value, (name, given) => {
        fc.pre(!['prompt', 'model', 'priority', 'parameters', 'json', 'wait'].includes(name));
        const { assignments } = parsed('inference', { prompt: 'ps_1', [name]: given });
        expect(assignments).toEqual([{ name, value: String(given) }]);
      }),
    );
  });
});
