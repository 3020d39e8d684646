import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { must } from '../../support/workbench.ts';
import { configOf, loadToml } from '../config/config-files.ts';
import { MODELS_DIRECTORY } from './profiles.ts';

const PAGES = new URL('../../../docs/models/', import.meta.url);

/** Examples that stand for themselves: others are laid over a host that a page has shown before. */
const EXAMPLES = readdirSync(PAGES).flatMap((page) => {
  const text = readFileSync(new URL(page, PAGES), 'utf8');
  return [...text.matchAll(/^```toml\n([\s\S]*?)^```$/gm)]
    .map(([, toml = '']) => ({ page, toml }))
    .filter(({ toml }) => toml.includes('[[hosts]]'));
});

describe('the pages of the families', () => {
  it('have an example of a host each', () => {
    expect([...new Set(EXAMPLES.map(({ page }) => page))].toSorted()).toEqual(readdirSync(PAGES).toSorted());
  });

  it.each(EXAMPLES)('$page has an example that is accepted as it is', async ({ toml }) => {
    const { models, hosts } = configOf(loadToml(toml, { HF_TOKEN: 'x' }));
    const catalogue = must(
      await loadCatalogue({ directory: MODELS_DIRECTORY, overrides: { models, hosts } }),
    );

    for (const host of hosts) {
      expect(host.models.length).toBeGreaterThan(0);
      for (const id of host.models) {
        const { container } = catalogue.resolve(id, host.name);
        expect(host.engine === 'process' || container !== undefined).toBe(true);
      }
    }
  });
});
