import type { APIApplicationCommandAutocompleteInteraction } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ephemeral, wordsOf, wordsOfProblem } from '../../../src/bot/discord/ephemeral.ts';
import { suggestions } from '../../../src/bot/discord/inbound/suggestions.ts';
import { ERROR_WORDING } from '../../../src/bot/wording/explain.ts';
import { CosmosError, type ErrorCode } from '../../../src/core/errors.ts';
import { checkChoice } from '../../fakes/discord/checks/command-check.ts';
import { Complaints } from '../../fakes/discord/checks/complaints.ts';
import { checkMessage } from '../../fakes/discord/checks/message-check.ts';
import { OPTION_TYPES } from '../../fakes/discord/numbers.ts';
import { anyText } from '../arbitrary-card.ts';

const anyLongText = fc
  .tuple(anyText, fc.integer({ min: 1, max: 400 }))
  .map(([text, times]) => text.repeat(times));

describe('what one person alone is told', () => {
  it('is what Discord takes, whatever it says', () => {
    fc.assert(
      fc.property(anyLongText, fc.array(anyLongText, { maxLength: 6 }), (text, items) => {
        const shown = ephemeral(text === '' ? 'x' : text, items);
        checkMessage({ ...shown }, { ephemeralAllowed: true });
        expect(shown.content.isWellFormed()).toBe(true);
        expect(shown.allowed_mentions).toEqual({ parse: [] });
      }),
    );
  });

  it('is what Discord takes, whatever has failed', () => {
    const codes = Object.keys(ERROR_WORDING).map((code) => code as ErrorCode);
    const parameters = fc.dictionary(
      fc.constantFrom('file', 'about', 'detail', 'text', 'name', 'value', 'given', 'host'),
      anyLongText,
    );
    fc.assert(
      fc.property(fc.constantFrom(...codes), parameters, (code, given) => {
        const { content, ...rest } = ephemeral(wordsOfProblem({ code, parameters: given }));
        expect(content).not.toBe('');
        checkMessage({ content, ...rest }, { ephemeralAllowed: true });
      }),
    );
  });

  it('takes nothing that somebody wrote for markup, and shows what is to be typed as that', () => {
    expect(ephemeral('Say `show *` to <@1> or @everyone', ['**loud**']).content).toBe(
      'Say `show *` to \\<@\u200B1\\> or @\u200Beveryone\n- \\*\\*loud\\*\\*',
    );
  });

  it('has as many items as there is room for, and marks where one is cut', () => {
    const { content } = ephemeral('x', ['y'.repeat(1_990), 'z'.repeat(50)]);
    expect(content).toHaveLength(2_000);
    expect(content.endsWith('y\n- zz…')).toBe(true);
  });

  it('is the sentence and the next step of what has failed', () => {
    const words = wordsOf(new CosmosError('store.busy'));
    expect(words).toBe(wordsOfProblem({ code: 'store.busy', parameters: {} }));
    expect(words).toMatch(/\. \S/);
  });
});

describe('what is offered while somebody types', () => {
  const typing = (options: unknown): APIApplicationCommandAutocompleteInteraction =>
    ({ data: { options } }) as APIApplicationCommandAutocompleteInteraction;
  const focused = typing([
    { name: 'show', type: 1, options: [{ name: 'id', type: 3, value: 'ps', focused: true }] },
  ]);

  it('is what Discord takes, whatever there is to offer', () => {
    const text = fc.oneof(anyText, anyLongText, fc.string({ unit: 'grapheme', maxLength: 120 }));
    const offered = fc.array(fc.record({ value: text, label: text }), { maxLength: 40 });
    fc.assert(
      fc.property(offered, (all) => {
        const choices = suggestions(focused, () => all);
        expect(choices.length).toBeLessThanOrEqual(25);
        const complaints = new Complaints();
        for (const choice of choices) checkChoice({ ...choice }, 'choice', OPTION_TYPES.STRING, complaints);
        complaints.raise();
        expect(choices.every(({ name, value }) => name.isWellFormed() && value.isWellFormed())).toBe(true);
      }),
    );
  });

  it('is asked for by the verb and the option that is being typed', () => {
    const asked: unknown[] = [];
    const choices = suggestions(focused, (question) => {
      asked.push(question);
      return [
        { value: 'ps_1', label: ' A\nstreet ' },
        { value: 'ps_2', label: '' },
      ];
    });
    expect(asked).toEqual([{ verb: 'show', option: 'id', typed: 'ps' }]);
    expect(choices).toEqual([
      { value: 'ps_1', name: 'A street' },
      { value: 'ps_2', name: 'ps_2' },
    ]);
    expect(suggestions(typing([]), () => [{ value: 'a', label: 'a' }])).toEqual([]);
  });
});
