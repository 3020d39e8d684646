import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { modelsPage } from '../../support/models-page.ts';
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

it('has a current page of all models (`npm run schema` writes it)', async () => {
  expect(readFileSync(new URL('docs/models.md', PROJECT), 'utf8')).toBe(await modelsPage(PROJECT));
});

it('has a page about the host for each family but the one that needs none', () => {
  const folder = new URL('config/models/families/', PROJECT);
  const families = readdirSync(folder).filter(
    (file) => !/^extends = /m.test(readFileSync(new URL(file, folder), 'utf8')),
  );
  const pages = readdirSync(new URL('docs/models', PROJECT)).map((page) => page.replace(/md$/, 'toml'));

  expect(pages.toSorted()).toEqual(families.toSorted());
});
