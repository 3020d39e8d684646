import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldOf, newBlockIds, nextBlockIds, readValues } from '../../../../src/bot/slack/forms/field-ids.ts';
import { type FormOrigin, readOrigin, writeOrigin } from '../../../../src/bot/slack/forms/form-origin.ts';
import { formView } from '../../../../src/bot/slack/forms/form-view.ts';
import { systemClock } from '../../../../src/bot/system-clock.ts';
import type { Form, FormChoice, FormField } from '../../../../src/core/ports/chat-surfaces.ts';
import { checkView } from '../../../fakes/slack/block-check.ts';
import type { View } from '../../../fakes/slack/model.ts';
import { newView, stateValues } from '../../../fakes/slack/views.ts';
import { Workspace } from '../../../fakes/slack/workspace.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', '\n', '\uD800', ':smile:', '<!channel>', 'x'.repeat(4_000), '\u202Eevil'),
);
const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, 1e-7, 1e21, -0, 2 ** 53, 0.1 + 0.2),
);
const anyChoice = fc.record({ value: anyText, label: anyText });
const base = { label: anyText, help: anyText, required: fc.boolean() };
const name = fc.uuid();
const anyField: fc.Arbitrary<FormField> = fc.oneof(
  fc.record(
    {
      ...base,
      name,
      kind: fc.constant('text' as const),
      initial: anyText,
      multiline: fc.boolean(),
      maxCharacters: anyNumber,
    },
    { requiredKeys: ['name', 'label', 'required', 'kind', 'multiline'] },
  ),
  fc.record(
    {
      ...base,
      name,
      kind: fc.constant('number' as const),
      initial: anyNumber,
      minimum: anyNumber,
      maximum: anyNumber,
      whole: fc.boolean(),
    },
    { requiredKeys: ['name', 'label', 'required', 'kind', 'whole'] },
  ),
  fc.record(
    {
      ...{ ...base, name, kind: fc.constant('choice' as const), initial: anyText, refreshes: fc.boolean() },
      choices: fc.array(anyChoice, { maxLength: 150 }),
    },
    { requiredKeys: ['name', 'label', 'required', 'kind', 'choices', 'refreshes'] },
  ),
  fc.record({ ...base, name, kind: fc.constant('check' as const), initial: fc.boolean() }),
  fc.record(
    { ...base, name, kind: fc.constant('search' as const), initial: anyChoice },
    { requiredKeys: ['name', 'label', 'required', 'kind'] },
  ),
);
const anyForm: fc.Arbitrary<Form> = fc.record({
  state: fc.string({ unit: 'binary', maxLength: 500 }),
  title: anyText,
  submit: anyText,
  fields: fc.uniqueArray(anyField, { maxLength: 130, selector: (field) => field.name }),
});
const anyOrigin: fc.Arbitrary<FormOrigin> = fc.record(
  {
    state: fc.string({ unit: 'binary', maxLength: 1_000 }),
    channel: fc.stringMatching(/^[CDG][A-Z0-9]{8,10}$/),
    thread: fc.stringMatching(/^1[0-9]{9}\.[0-9]{6}$/),
    message: fc.stringMatching(/^1[0-9]{9}\.[0-9]{6}$/),
    openedAt: fc.integer({ min: 0, max: 1e13 }),
    responseUrl: fc.webUrl(),
  },
  { requiredKeys: ['state', 'channel', 'openedAt'] },
);

const ORIGIN: FormOrigin = { state: 'state', channel: 'C01234567', openedAt: 1_700_000_000_000 };

const STEPS = { name: 'steps', label: 'Steps', required: false } as const;

function number(more: Partial<Extract<FormField, { kind: 'number' }>> = {}): FormField {
  return { ...STEPS, kind: 'number', whole: false, ...more };
}

function text(initial: string): FormField {
  return { ...STEPS, kind: 'text', multiline: false, initial };
}

function choice(choices: readonly FormChoice[], initial = ''): FormField {
  return { ...STEPS, kind: 'choice', refreshes: false, choices, initial };
}

function render(fields: readonly FormField[], revision = '0') {
  const form: Form = { state: 'state', title: 'Run', submit: 'Run', fields };
  return formView(form, { metadata: writeOrigin(ORIGIN) ?? '', blockIds: newBlockIds(revision) });
}

/** The view in front of somebody, as the fake Slack keeps it. */
function shown(view: object): View {
  const content = checkView(structuredClone(view), 'modal');
  return newView(new Workspace('Studio', systemClock), { appId: 'A1', user: 'U1', type: 'modal', content });
}

/** What is filled in, as payloads carry it: the fake's JSON has no type. */
function stateOf(view: View): Parameters<typeof readValues>[0] {
  return JSON.parse(JSON.stringify({ values: stateValues(view) }));
}

describe('any form', () => {
  it('is within all limits of Slack, as Slack itself checks it', () => {
    fc.assert(
      fc.property(anyForm, fc.array(anyText, { maxLength: 20 }), (form, notices) => {
        const metadata = writeOrigin({ ...ORIGIN, state: form.state }) ?? '';
        const view = formView(form, { metadata, blockIds: newBlockIds('0'), notices });
        checkView(structuredClone(view), 'modal');
        expect(JSON.stringify(view).isWellFormed()).toBe(true);
        expect(view.blocks.length).toBeLessThanOrEqual(100);
        expect(view.private_metadata?.length).toBeLessThanOrEqual(3_000);
      }),
      { numRuns: 150 },
    );
  });

  it('comes back as it was shown where nobody touches it', () => {
    fc.assert(
      fc.property(anyForm, ({ fields }) => {
        const view = render(fields.slice(0, 90));
        const values = readValues(stateOf(shown(view)));
        for (const [key, value] of Object.entries(values)) {
          const of = fields.find((each) => each.name === key);
          const initial = typeof of?.initial === 'object' ? of.initial.value : of?.initial;
          if (typeof initial === 'number') expect(Number(value)).toBeCloseTo(initial, 12);
          else expect(value).toBe(initial === undefined ? undefined : String(initial).toWellFormed());
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('where a form was opened', () => {
  it('travels in its metadata, whatever its state holds', () => {
    fc.assert(
      fc.property(anyOrigin, (origin) => {
        const written = writeOrigin(origin);
        expect(written?.length).toBeLessThanOrEqual(3_000);
        expect(readOrigin(written ?? '')).toEqual(origin);
      }),
    );
  });

  it('is left out in part, or the form is not shown, where there is no room', () => {
    const responseUrl = `https://hooks.slack.com/${'x'.repeat(2_500)}`;
    const written = writeOrigin({ ...ORIGIN, state: 's'.repeat(1_000), responseUrl });
    expect(readOrigin(written ?? '')).toEqual({ ...ORIGIN, state: 's'.repeat(1_000) });
    expect(writeOrigin({ ...ORIGIN, state: 's'.repeat(3_000) })).toBeUndefined();
    for (const text of ['', 'words', 'C1 - - x\n-\nstate', 'C1 - -\n-\n'])
      expect(readOrigin(text)).toBeUndefined();
  });
});

describe('numbers', () => {
  it.each([
    [1e-7, '0.0000001'],
    [0.1, '0.1'],
    [-0, '0'],
    [2 ** 53, '9007199254740992'],
    [1e21, undefined],
    [Number.NaN, undefined],
  ])('%d is asked for as %s', (initial, expected) => {
    const [block] = render([number({ initial })]).blocks;
    expect(block).toMatchObject({ element: { type: 'number_input' } });
    expect(Object(block).element.initial_value).toBe(expected);
  });

  it('have bounds within which there is something', () => {
    const [whole, none] = render([
      number({ whole: true, minimum: 0.5, maximum: 3.7, initial: 2.5 }),
      number({ name: 'other', minimum: 3, maximum: 1 }),
    ]).blocks;
    expect(Object(whole).element).toMatchObject({
      min_value: '1',
      max_value: '3',
      is_decimal_allowed: false,
    });
    expect(Object(whole).element).not.toHaveProperty('initial_value');
    expect(Object(none).element).not.toHaveProperty('min_value');
  });
});

describe('a text', () => {
  it('that is longer than Slack takes is asked for anew, never cut', () => {
    const [block] = render([text('x'.repeat(3_001))]).blocks;
    expect(Object(block).element).not.toHaveProperty('initial_value');
  });
});

describe('a menu', () => {
  it('keeps the chosen one of more choices than Slack takes, and none twice', () => {
    const choices = Array.from({ length: 150 }, (_, index) => ({ value: `v${index % 140}`, label: 'x' }));
    const [block] = render([choice(choices, 'v139')]).blocks;
    const { options, initial_option: chosen } = Object(block).element;
    expect(options).toHaveLength(100);
    expect(options.at(-1)).toEqual(chosen);
  });

  it('without choices is named, not asked for', () => {
    expect(render([choice([])]).blocks).toMatchObject([{ type: 'section' }]);
  });
});

describe('a box', () => {
  const box = (initial: boolean, help = 'A quick look'): FormField => ({
    ...{ ...STEPS, kind: 'check', name: '--draft', label: 'Draft' },
    ...{ help, initial },
  });

  it('says beside it what a tick means, in as much as Slack takes', () => {
    const [block] = render([box(true)]).blocks;
    const option = { text: { type: 'plain_text', text: 'A quick look' }, value: 'true' };
    expect(block).toMatchObject({ optional: true, label: { text: 'Draft' } });
    expect(Object(block).element).toEqual({
      ...{ type: 'checkboxes', action_id: 'cosmos.value', options: [option], initial_options: [option] },
    });
    expect(block).not.toHaveProperty('hint');
    for (const [length, shown] of [
      [75, 'x'.repeat(75)],
      [76, `${'x'.repeat(74)}…`],
    ] as const) {
      const [long] = render([box(false, 'x'.repeat(length))]).blocks;
      expect(Object(long).element.options[0].text.text).toBe(shown);
      expect(Object(long).element).not.toHaveProperty('initial_options');
    }
  });

  it.each([true, false])('that stands at %s comes back as that, never as nothing', (initial) => {
    expect(readValues(stateOf(shown(render([box(initial)]))))).toEqual({ '--draft': String(initial) });
  });
});

describe('a form in the place of another one', () => {
  const next = (before: View, fields: readonly FormField[]) =>
    formView(
      { state: 'state', title: 'Run', submit: 'Run', fields },
      { metadata: 'm', blockIds: nextBlockIds('1', stateOf(before)) },
    ).blocks.map(({ block_id: id }) => id);

  it('keeps a field that is the same and holds that value, and what is typed meanwhile with it', () => {
    const fields = [number({ initial: 35 })];
    const before = shown(render(fields));
    expect(next(before, fields)).toEqual(Object.keys(stateValues(before)));
  });

  it('has a new field where the value or the question is another one: Slack would show the old one', () => {
    const before = shown(render([number({ initial: 35 })]));
    const [old] = Object.keys(stateValues(before));
    for (const now of [number({ initial: 50 }), number(), number({ initial: 35, maximum: 40 }), text('35')]) {
      const [id] = next(before, [now]);
      expect(id).not.toBe(old);
      expect(fieldOf(id)).toBe('steps');
    }
  });

  it('is told from blocks that are of no form', () => {
    expect(fieldOf(undefined)).toBeUndefined();
    expect(fieldOf('other')).toBeUndefined();
    expect(readValues({ values: { other: { value: { type: 'plain_text_input', value: 'x' } } } })).toEqual(
      {},
    );
  });
});
