import { deflateRawSync } from 'node:zlib';
import { ComponentType, TextInputStyle } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toModal } from '../../../../src/bot/discord/forms/modal.ts';
import { nameOf, openerOf, readState, writeIds } from '../../../../src/bot/discord/forms/modal-state.ts';
import { hiddenValues, shownFields } from '../../../../src/bot/discord/forms/shown-fields.ts';
import type { Form, FormChoice, FormField } from '../../../../src/core/ports/chat-surfaces.ts';
import { checkModal } from '../../../fakes/discord/checks/modal-check.ts';
import { isObject, parseJson } from '../../../fakes/slack/json.ts';
import { checkModalByDiscordJs } from '../discord-js-checks.ts';

const OPENER = '1234567890123456789';

// Of every length up to the greatest: what is usual would be far from all limits.
const anyText = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength, size: 'max' });
const choice: fc.Arbitrary<FormChoice> = fc.record({ value: anyText(120), label: anyText(200) });
const base = {
  name: anyText(110),
  label: anyText(90),
  help: anyText(150),
  required: fc.boolean(),
};
const field: fc.Arbitrary<FormField> = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('text' as const),
    multiline: fc.boolean(),
    initial: anyText(5_000),
    maxCharacters: fc.oneof(fc.integer({ min: -1, max: 9_000 }), fc.constantFrom(Number.NaN, 0.5, Infinity)),
  }),
  fc.record({ ...base, kind: fc.constant('number' as const), whole: fc.boolean(), initial: fc.double() }),
  fc.record({
    ...base,
    kind: fc.constant('choice' as const),
    choices: fc.array(choice, { maxLength: 40, size: 'max' }),
    refreshes: fc.boolean(),
    initial: anyText(120),
  }),
  fc.record({ ...base, kind: fc.constant('search' as const), initial: choice }),
  fc.record({ ...base, kind: fc.constant('check' as const), initial: fc.boolean() }),
);
const form: fc.Arbitrary<Form> = fc.record({
  state: anyText(1_000),
  title: anyText(80),
  submit: anyText(24),
  fields: fc.uniqueArray(field, { selector: ({ name }) => name, minLength: 1, maxLength: 9, size: 'max' }),
});

describe('a modal', () => {
  it('is what Discord takes, whatever the form holds', () => {
    fc.assert(
      fc.property(form, fc.array(choice, { maxLength: 30, size: 'max' }), (asked, offered) => {
        const shown = shownFields(asked);
        fc.pre(shown.length > 0);
        const ids = writeIds(
          OPENER,
          shown.map(({ name }) => name),
          { state: asked.state, hidden: {} },
        );
        const modal = toModal(asked, shown, ids, () => offered);
        const sent = parseJson(JSON.stringify(modal));
        if (!isObject(sent)) throw new Error('no object');
        checkModal(sent);
        checkModalByDiscordJs(modal);
      }),
      { numRuns: 150 },
    );
  });

  it('carries what it is about in its ids, or nothing of it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 1_000 }),
        fc.dictionary(
          fc.oneof(fc.string({ maxLength: 20 }), fc.constant('__proto__')),
          fc.string({ maxLength: 50 }),
          { maxKeys: 3 },
        ),
        fc.uniqueArray(anyText(60), { minLength: 1, maxLength: 5 }),
        (state, hidden, names) => {
          const ids = writeIds(OPENER, names, { state, hidden });
          expect(ids.modal.length).toBeLessThanOrEqual(100);
          expect(ids.fields.map(nameOf)).toEqual(names);
          expect(openerOf(ids.modal)).toBe(OPENER);
          const read = readState(ids);
          if (read !== undefined) expect(read).toEqual({ state, hidden: { ...hidden } });
        },
      ),
    );
  });

  it('lets a choice be left open that need not be made, and shows what is chosen', () => {
    const choices = ['a', 'b'].map((value) => ({ value, label: value.toUpperCase() }));
    const asked = (required: boolean): FormField => ({
      ...{ kind: 'choice', name: 'model', label: 'Model', required, refreshes: false, choices },
      initial: 'b',
    });
    const shown = [asked(true), { ...asked(false), name: 'other' }];
    const form: Form = { state: '', title: 'Run', submit: 'Run', fields: shown };
    const ids = writeIds(
      OPENER,
      shown.map(({ name }) => name),
      { state: '', hidden: {} },
    );
    const components = toModal(form, shown, ids, () => []).components;
    expect(components).toMatchObject([
      { component: { required: true, min_values: 1, max_values: 1 } },
      {
        component: {
          ...{ required: false, min_values: 0, max_values: 1 },
          options: [
            { value: 'a', label: 'A' },
            { value: 'b', label: 'B', default: true },
          ],
        },
      },
    ]);
  });

  it('has a box that is ticked or not, and says below what that means', () => {
    const box = (initial: boolean): FormField => ({
      ...{ kind: 'check', name: '--draft', label: 'Draft', required: false, help: 'A quick look', initial },
    });
    const shown = [box(true), { ...box(false), name: 'other' }];
    const form: Form = { state: '', title: 'Run', submit: 'Run', fields: shown };
    const { components } = toModal(form, shown, { modal: 'x', fields: ['a|', 'b|'] }, () => []);
    expect(components).toEqual([
      {
        ...{ type: ComponentType.Label, label: 'Draft', description: 'A quick look' },
        component: { type: ComponentType.Checkbox, custom_id: 'a|', default: true },
      },
      {
        ...{ type: ComponentType.Label, label: 'Draft', description: 'A quick look' },
        component: { type: ComponentType.Checkbox, custom_id: 'b|', default: false },
      },
    ]);
  });

  it('has lines where lines are to be written or stand already, and only texts that are whole', () => {
    const text = { ...{ kind: 'text' as const, name: 'note', label: 'Note', required: false } };
    const search = { ...{ kind: 'search' as const, name: 'prompt', label: 'Prompt', required: true } };
    const shown: readonly FormField[] = [
      { ...text, multiline: true },
      { ...text, multiline: false, initial: 'a\nb' },
      { ...text, multiline: false, initial: 'a' },
      { ...search },
    ];
    const names = ['a', 'b', 'c', 'd'];
    const form: Form = { state: '', title: '', submit: 'Run', fields: shown };
    const offered = ['\uD800', '', 'ps_1', 'ps_1'].map((value) => ({ value, label: value }));
    const { components } = toModal(form, shown, { modal: 'x', fields: names }, () => offered);
    expect(components).toMatchObject([
      { component: { style: TextInputStyle.Paragraph } },
      { component: { style: TextInputStyle.Paragraph, value: 'a\nb' } },
      { component: { style: TextInputStyle.Short, value: 'a' } },
      { component: { options: [{ value: 'ps_1', label: 'ps_1' }] } },
    ]);
  });

  it('unpacks nothing that is larger than anybody has written', () => {
    const packed = deflateRawSync(JSON.stringify(['x'.repeat(1_000_000), {}])).toString('base64url');
    expect(readState({ modal: `cosmos-form|${OPENER}|${packed}`, fields: [] })).toBeUndefined();
  });

  it('carries the state of a usual form', () => {
    const state = JSON.stringify({
      ...{ verb: 'inference', role: 'operator', platform: 'discord', tenant: OPENER },
      ...{ words: ['--priority=3'], target: 'ps_7k2m9x4d', model: 'transfer2.5-distilled' },
    });
    const names = ['prompt', 'model', 'parameter:edge', 'parameter:canny_threshold', 'parameter:seed'];
    expect(readState(writeIds(OPENER, names, { state, hidden: {} }))?.state).toBe(state);
  });

  it('of others is none of ours', () => {
    expect(openerOf('something|123|abc')).toBeUndefined();
    expect(readState({ modal: `cosmos-form|${OPENER}|`, fields: ['prompt|'] })).toBeUndefined();
    expect(readState({ modal: `cosmos-form|${OPENER}|AAAA`, fields: [] })).toBeUndefined();
  });
});

describe('the fields of a modal', () => {
  const text = (name: string, required: boolean, initial?: string): FormField => ({
    ...{ kind: 'text', name, label: name, required, multiline: false },
    ...(initial !== undefined && { initial }),
  });
  const asked = (fields: readonly FormField[]): Form => ({ state: '', title: 'a', submit: 'b', fields });

  it('are the first five, in their order, and those without which it could not be sent', () => {
    const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => text(name, name === 'g'));
    expect(shownFields(asked(fields)).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'g']);
  });

  it('are none that have their answer before those that have room, and none with nothing to choose', () => {
    const empty: FormField = {
      ...{ kind: 'choice', name: 'model', label: 'Model', required: true, refreshes: false },
      choices: [],
    };
    const usual = ['a', 'b', 'c', 'd', 'e'].map((name) => text(name, false));
    const fields = [empty, ...usual, text('f', true, 'usual'), text('x'.repeat(100), true)];
    expect(shownFields(asked(fields)).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('leave nothing out that was filled in before', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const usual = asked(names.map((name) => text(name, false, 'usual')));
    const filled = asked(names.map((name) => text(name, false, name === 'g' ? 'chosen' : 'usual')));
    expect(hiddenValues(filled, shownFields(filled), usual)).toEqual({ g: 'chosen' });
  });
});
