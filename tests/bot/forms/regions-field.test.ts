import { describe, expect, it } from 'vitest';
import {
  changedParameters,
  parameterField,
  parameterFields,
} from '../../../src/bot/forms/parameter-fields.ts';
import { transfer1 } from '../../core/models/profiles.ts';

const profile = transfer1();
const FIELD = parameterField('region');
const TWO = '0,0,0.5,1: snow\nroof: ice';

describe('the field for texts of parts of the picture', () => {
  it('has several lines, and begins with what is set', () => {
    const usable = new Set(['region']);
    const [field] = parameterFields({
      ...{ profile, usable, now: { region: TWO }, values: {}, keepsAll: true },
    });

    expect(field).toMatchObject({ name: FIELD, kind: 'text', multiline: true, initial: TWO });
  });

  it('is a change only where it says something else', () => {
    const same = { [FIELD]: ' 0, 0, .5, 1 : snow\r\n\nroof: ice' };

    expect(changedParameters(profile, { region: TWO }, same)).toEqual({});
    expect(changedParameters(profile, { region: TWO }, { [FIELD]: 'roof: ice' })).toEqual({
      region: 'roof: ice',
    });
    // What cannot be read is told by the check of the words.
    expect(changedParameters(profile, {}, { [FIELD]: 'snow' })).toEqual({ region: 'snow' });
  });
});
