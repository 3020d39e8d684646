import { describe, expect, it } from 'vitest';
import { checkValue } from '../../../src/core/models/check-value.ts';
import type { Parameter } from '../../../src/core/models/profile.ts';
import { parseRegions, regionObjects, regionWords } from '../../../src/core/models/regions.ts';

type RegionParameter = Extract<Parameter, { type: 'regions' }>;

const PARAMETER: RegionParameter = {
  type: 'regions',
  title: 'Regions',
  essential: false,
  max_regions: 3,
  keys: { text: 'prompt', box: 'box', mask: 'mask' },
};
const BOXES_ALONE: RegionParameter = { ...PARAMETER, keys: { text: 'prompt', box: 'box' } };

describe('regions as people type them', () => {
  it.each([
    ['0,0,0.5,1: snow', { text: 'snow', box: [0, 0, 0.5, 1] }],
    ['[0.25, .5, 1, 1.0]:snow : deep', { text: 'snow : deep', box: [0.25, 0.5, 1, 1] }],
    ['0 0 1 1: snow', { text: 'snow', box: [0, 0, 1, 1] }],
    ['the old boat: rust', { text: 'rust', mask: 'the old boat' }],
  ])('%s', (given, region) => {
    expect(parseRegions('region', PARAMETER, given)).toEqual({ ok: true, value: [region] });
  });

  it('come as lines or as a list, and read the same after they were written', () => {
    const typed = ['0,0,0.5,1: snow', ' roof: ice '];
    const [lines, list] = [
      parseRegions('r', PARAMETER, typed.join('\r\n\n')),
      parseRegions('r', PARAMETER, typed),
    ];

    expect(lines).toEqual(list);
    const regions = list.ok ? list.value : [];
    expect(regionWords(regions)).toBe('0,0,0.5,1: snow\nroof: ice');
    expect(parseRegions('r', PARAMETER, regionWords(regions))).toEqual(list);
    expect(regionObjects(PARAMETER, regions)).toEqual([
      { prompt: 'snow', box: [0, 0, 0.5, 1] },
      { prompt: 'ice', mask: 'roof' },
    ]);
  });

  it.each([
    ['0,0,0.5,1', 'no_text'],
    ['0,0,0.5,1:  ', 'no_text'],
    ['snow', 'no_place'],
    [': snow', 'no_place'],
    ['0,0,2,1: snow', 'outside'],
    ['-0.1,0,1,1: snow', 'outside'],
    ['0.5,0,0.5,1: snow', 'empty'],
    ['0,1,1,0: snow', 'empty'],
  ])('are refused where something is wrong: %s (%s)', (given, reason) => {
    expect(parseRegions('region', PARAMETER, given)).toEqual({
      ok: false,
      problems: [
        {
          code: 'input.region_invalid',
          parameters: { parameter: 'region', given: given.trim(), reason },
        },
      ],
    });
  });

  it('are refused by words where the model finds nothing by itself', () => {
    expect(parseRegions('region', BOXES_ALONE, 'roof: snow')).toMatchObject({
      problems: [{ parameters: { reason: 'no_mask' } }],
    });
  });

  it('are told all at once where several are wrong, and where they are too many', () => {
    const wrong = parseRegions('region', PARAMETER, ['snow', 'roof: ice', '0,0,0,1: x']);

    expect(
      wrong.ok ? [] : wrong.problems.map(({ parameters }) => [parameters['given'], parameters['reason']]),
    ).toEqual([
      ['snow', 'no_place'],
      ['0,0,0,1: x', 'empty'],
    ]);
    expect(parseRegions('region', PARAMETER, Array(4).fill('roof: ice'))).toMatchObject({
      problems: [{ parameters: { reason: 'too_many', maximum: 3 } }],
    });
  });

  it('are a value of their parameter, whether typed once or several times', () => {
    expect(checkValue('region', PARAMETER, ['0,0,1,1: a', 'b: c'])).toEqual({
      ok: true,
      value: '0,0,1,1: a\nb: c',
    });
    expect(checkValue('region', PARAMETER, 7)).toMatchObject({
      problems: [{ code: 'input.parameter_type' }],
    });
    expect(checkValue('region', PARAMETER, 'a: b\0')).toMatchObject({
      problems: [{ code: 'input.parameter_type' }],
    });
  });
});
