import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { profileSchemaContent, withProfileReference } from '../../support/profile-reference.ts';

const PROJECT = new URL('../../../', import.meta.url);

it('has a current JSON Schema for editors (`npm run schema` writes it)', () => {
  expect(readFileSync(new URL('config/models/profile.schema.json', PROJECT), 'utf8')).toBe(
    profileSchemaContent(),
  );
});

it('has a current table of keys in the documentation (`npm run schema` writes it)', () => {
  const page = readFileSync(new URL('docs/add-a-model.md', PROJECT), 'utf8');

  expect(page).toBe(withProfileReference(page));
});
