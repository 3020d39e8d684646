import { ApplicationCommandOptionType as Type } from 'discord.js';
import { expect, it } from 'vitest';
import { describe as described } from '../../../../src/bot/discord/commands/option-base.ts';
import { optionsToWords } from '../../../../src/bot/discord/commands/options-to-words.ts';
import { parameterOptions } from '../../../../src/bot/discord/commands/parameter-options.ts';

it('what looks like an option and is none is told apart', () => {
  const given = (value: string) => optionsToWords([{ name: 'search', options: [{ name: 'text', value }] }]);
  expect(given('-dark')).toEqual(['search', '--', '-dark']);
  expect(given('—dark')).toEqual(['search', '--', '—dark']);
  expect(given('dark-ish')).toEqual(['search', 'dark-ish']);
});

it('a parameter that is whole in one model and not in another takes any number', () => {
  const model = (id: string, type: 'integer' | 'number') => ({
    id,
    parameters: { steps: { type, minimum: 1, maximum: 9, essential: true, title: 'Steps' } },
  });
  const types = (...models: Parameters<typeof model>[]) =>
    parameterOptions(
      models.map((each) => model(...each)),
      100,
    ).map(({ type }) => type);
  expect(types(['a', 'integer'], ['b', 'number'])).toEqual([Type.Number]);
  expect(types(['a', 'integer'], ['b', 'integer'])).toEqual([Type.Integer]);
});

it('marks of a document are no part of a description', () => {
  expect(described('Type `list` for all', 'list', 100)).toBe('Type list for all');
  expect(described('``', 'list', 100)).toBe('list');
});
