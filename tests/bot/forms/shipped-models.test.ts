import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parameterFields } from '../../../src/bot/forms/parameter-fields.ts';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { must } from '../../support/workbench.ts';

const MODELS = fileURLToPath(new URL('../../../config/models', import.meta.url));

it('no label or help of a model that is shipped is cut short in a form', async () => {
  const profiles = must(await loadCatalogue({ directory: MODELS })).list();
  const fields = profiles.flatMap((profile) => {
    const usable = new Set(Object.keys(profile.parameters));
    return parameterFields({ profile, usable, now: {}, values: {}, keepsAll: true });
  });
  expect(fields.length).toBeGreaterThan(10);
  const cut = fields.flatMap(({ label, help = '' }) => [label, help]).filter((text) => text.endsWith('…'));
  expect(cut).toEqual([]);
});
