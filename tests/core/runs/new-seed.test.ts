import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parameter, Profile } from '../../../src/core/models/profile.ts';
import { newSeed } from '../../../src/core/runs/new-seed.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { openWorkbench } from '../../support/workbench.ts';

async function anyProfile(): Promise<Profile> {
  const { api, bot } = await openWorkbench();
  await bot.close();
  const [model] = api.models();
  if (model === undefined) throw new Error('there is no model');
  return model.profile;
}

describe('another seed', () => {
  it('is never the present one, and always within the bounds of its model', async () => {
    const profile = await anyProfile();
    fc.assert(
      fc.property(
        fc.record({ minimum: fc.integer({ min: 0, max: 9 }), width: fc.integer({ min: 1, max: 3 }) }),
        fc.nat(3),
        fc.integer(),
        ({ minimum, width }, offset, random) => {
          const maximum = minimum + width;
          const present = Math.min(maximum, minimum + offset);
          const seed: Parameter = {
            type: 'integer',
            title: 'Seed',
            essential: true,
            default: minimum,
            minimum,
            maximum,
          };
          const next = newSeed({ ...profile, parameters: { seed } }, present, new FakeRandom(random));
          expect(next['seed']).not.toBe(present);
          expect(next['seed']).toBeGreaterThanOrEqual(minimum);
          expect(next['seed']).toBeLessThanOrEqual(maximum);
        },
      ),
    );
  });

  it('is none where the model makes no noise from one', async () => {
    const profile = await anyProfile();
    expect(newSeed({ ...profile, parameters: {} }, undefined, new FakeRandom())).toEqual({});
  });
});
