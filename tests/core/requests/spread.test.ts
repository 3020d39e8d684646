import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/core/models/profile.ts';
import { spread } from '../../../src/core/requests/spread.ts';
import { codes, must } from '../../support/workbench.ts';
import { minimal } from '../models/profiles.ts';

const PROFILE: Profile = minimal({
  parameters: {
    seed: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 1,
      title: 'Seed',
      write: { flag: '--seed' },
    },
    edge: { type: 'number', minimum: 0, maximum: 1, default: 0.5, title: 'Edge', write: { flag: '--edge' } },
    guidance: {
      type: 'number',
      minimum: 0,
      maximum: 30,
      default: 5,
      title: 'Guidance',
      write: { flag: '--guidance' },
    },
    offload: { type: 'boolean', default: false, title: 'Offload', write: { flag: '--offload' } },
    threshold: {
      type: 'choice',
      choices: ['low', 'medium', 'high'],
      default: 'low',
      title: 'Threshold',
      write: { flag: '--threshold' },
    },
    aspect: {
      type: 'choice',
      choices: ['16,9', '1,1', '9,16'],
      default: '16,9',
      title: 'Aspect',
      write: { flag: '--aspect' },
    },
    note: { type: 'string', default: '', title: 'Note', write: { flag: '--note' } },
  },
});

/** The values of the one parameter that is given. */
function values(name: string, given: unknown, maximum = 50): unknown[] {
  return must(spread(PROFILE, { [name]: given }, maximum)).sets.map((set) => set[name]);
}

describe('one parameter', () => {
  test.each([
    ['seed', '7', ['7']],
    ['seed', '1..4', ['1', '2', '3', '4']],
    ['seed', '1..9..2', ['1', '3', '5', '7', '9']],
    ['seed', '1..8..3', ['1', '4', '7']],
    ['seed', '3..1', ['3', '2', '1']],
    ['seed', '4..4', ['4']],
    ['seed', '1,2,9', ['1', '2', '9']],
    ['seed', '1..3,7,10..12', ['1', '2', '3', '7', '10', '11', '12']],
    ['seed', ' 1 , 2 ', ['1', '2']],
    ['edge', '0.2,0.5,0.8', ['0.2', '0.5', '0.8']],
    ['edge', '.2,1', ['.2', '1']],
    ['guidance', '3..5', ['3', '4', '5']],
    ['guidance', '7,5', ['7', '5']],
    ['offload', 'true,false', ['true', 'false']],
    ['threshold', 'low,HIGH', ['low', 'HIGH']],
  ])('%s=%s asks for each value', (name, given, expected) => {
    expect(values(name, given)).toEqual(expected);
  });

  test('takes equal values once, however they are written', () => {
    expect(values('seed', '1,1,2,1..2')).toEqual(['1', '2']);
    expect(values('edge', '0.5,0.50,.5,1')).toEqual(['0.5', '1']);
  });

  test('leaves a comma to a choice that has one, and still lists such choices', () => {
    expect(values('aspect', '16,9')).toEqual(['16,9']);
    expect(values('aspect', '16,9,1,1')).toEqual(['16,9', '1,1']);
  });

  test('leaves commas and dots to a text', () => {
    expect(values('note', 'boat, crane .. water')).toEqual(['boat, crane .. water']);
  });

  test('leaves values that are no text as they are', () => {
    expect(values('seed', 7)).toEqual([7]);
  });

  test.each<[string, string[], string | undefined]>([
    ['seed', ['1', '2'], '1,2'],
    ['seed', ['9', '1..2', '9'], '9,1..2'],
    ['edge', ['0.1', '0.9'], '0.1,0.9'],
    ['offload', ['true', 'false'], 'true,false'],
    ['threshold', ['low', 'high'], 'low,high'],
    ['aspect', ['16,9', '1,1'], '16,9,1,1'],
    ['seed', ['', '2'], undefined],
    ['seed', ['0', '1..51'], undefined],
  ])(
    'of %s that was typed several times as %j is refused, and the list that is meant offered',
    (name, given, list) => {
      const parameters = { parameter: name, given: [...new Set(given)], ...(list !== undefined && { list }) };
      expect(spread(PROFILE, { [name]: given }, 50)).toEqual({
        ok: false,
        problems: [{ code: 'input.parameter_repeated', parameters }],
      });
    },
  );

  test('that was typed several times in the same way is one', () => {
    expect(values('seed', ['1..2', '1..2'])).toEqual(['1', '2']);
  });

  test('quotes only the first ones of what was typed again and again', () => {
    const given = Array.from({ length: 60 }, (_, index) => `${index}`);
    expect(spread(PROFILE, { seed: given }, 50)).toMatchObject({
      problems: [{ parameters: { parameter: 'seed', given: ['0', '1', '2', '3', '4'] } }],
    });
  });

  test.each([
    ['seed', '1,,3', { reason: 'gap' }],
    ['seed', '1,2,', { reason: 'gap' }],
    ['seed', '1..', { reason: 'range' }],
    ['edge', '0.2..0.8', { reason: 'range' }],
    ['seed', '1..9..x', { reason: 'range' }],
    ['seed', '1..9..0', { reason: 'step' }],
    ['note', 'boat,"crane"', { reason: 'text' }],
  ])('%s=%s is refused with the reason', (name, given, parameters) => {
    expect(spread(PROFILE, { [name]: given }, 50)).toMatchObject({
      problems: [{ code: 'input.list_invalid', parameters: { parameter: name, given, ...parameters } }],
    });
  });

  test('a text keeps marks after a comma and a space', () => {
    expect(values('note', 'he said, "go"')).toEqual(['he said, "go"']);
  });

  test('a decimal comma is no list: whoever checks the value says how it is written', () => {
    expect(values('edge', '0,5')).toEqual(['0,5']);
  });

  test('says each problem of a list once, with all values that have it', () => {
    expect(spread(PROFILE, { edge: '0.2,8,9', threshold: 'low,hi' }, 50)).toMatchObject({
      problems: [
        { code: 'input.parameter_range', parameters: { parameter: 'edge', given: ['8', '9'] } },
        { code: 'input.parameter_choice', parameters: { parameter: 'threshold', given: 'hi' } },
      ],
    });
  });

  test('makes nothing of a range that is too long', () => {
    expect(spread(PROFILE, { seed: '1..999999999999999' }, 50)).toMatchObject({
      problems: [{ code: 'queue.too_many_runs', parameters: { count: 999_999_999_999_999, maximum: 50 } }],
    });
  });
});

describe('a list of thousands', () => {
  test('of choices is refused at once, whatever they are', () => {
    const given = Array.from({ length: 20_000 }, (_, index) => `a${index}`).join(',');
    expect(spread(PROFILE, { threshold: given }, 50)).toMatchObject({
      problems: [{ code: 'queue.too_many_runs', parameters: { count: 20_000, maximum: 50 } }],
    });
  });

  test('of wrong numbers is counted, and not said one by one', () => {
    const given = Array.from({ length: 51 }, (_, index) => `1${index}.5`).join(',');
    expect(spread(PROFILE, { edge: given }, 50)).toEqual({
      ok: false,
      problems: [{ code: 'queue.too_many_runs', parameters: { count: 51, maximum: 50 } }],
    });
  });
});

describe('several parameters', () => {
  test('ask for all combinations, the last one changing fastest', () => {
    expect(must(spread(PROFILE, { seed: '1..2', edge: '0.2,0.8', guidance: '4' }, 50))).toEqual({
      varied: ['seed', 'edge'],
      sets: [
        { seed: '1', edge: '0.2', guidance: '4' },
        { seed: '1', edge: '0.8', guidance: '4' },
        { seed: '2', edge: '0.2', guidance: '4' },
        { seed: '2', edge: '0.8', guidance: '4' },
      ],
    });
  });

  test('are counted before they are multiplied', () => {
    expect(codes(spread(PROFILE, { seed: '1..10', edge: '0.1,0.2,0.3,0.4,0.5,0.6' }, 50))).toEqual([
      'queue.too_many_runs',
    ]);
  });

  test('that the model does not have are left to whoever checks the run', () => {
    expect(must(spread(PROFILE, { sed: '1..3' }, 50))).toEqual({ varied: [], sets: [{ sed: '1..3' }] });
  });

  test('without any there is one empty set', () => {
    expect(must(spread(PROFILE, {}, 50))).toEqual({ varied: [], sets: [{}] });
  });

  test('every combination is there once, whatever the lists', () => {
    const seeds = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 6 });
    const edges = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(seeds, edges, (seed, percents) => {
        const edge = percents.map((percent) => percent / 100);
        const spreading = spread(PROFILE, { seed: seed.join(','), edge: edge.join(',') }, 36);
        const pairs = must(spreading).sets.map((set) => `${Number(set['seed'])} ${Number(set['edge'])}`);
        expect(pairs).toEqual(seed.flatMap((one) => edge.map((other) => `${one} ${other}`)));
      }),
    );
  });
});
