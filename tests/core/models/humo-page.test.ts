import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Catalogue, loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { must } from '../../support/workbench.ts';
import { configOf, loadToml } from '../config/config-files.ts';
import { MODELS_DIRECTORY, shipped } from './profiles.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/models/humo.md', import.meta.url)), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map(([, toml = '']) => toml);

function example(words: string): string {
  const found = EXAMPLES.filter((toml) => toml.includes(words));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** The models as the bot would have them with that configuration. */
async function load(toml: string) {
  const config = configOf(loadToml(toml, { HF_TOKEN: 'x' }));
  const { models, hosts } = config;
  const catalogue: Catalogue = must(
    await loadCatalogue({ directory: MODELS_DIRECTORY, overrides: { models, hosts } }),
  );
  return { hosts, profileOn: (host: (typeof hosts)[number]) => catalogue.resolve(HUMO, host.name) };
}

const HUMO = shipped('humo-1.7b').id;

describe('docs/models/humo.md', () => {
  it('has examples that are all tried here', () => {
    expect(EXAMPLES).toHaveLength(3);
  });

  it('has a host with Docker that is accepted', async () => {
    const { hosts, profileOn } = await load(example('engine = "docker"'));

    expect(hosts).toMatchObject([{ name: 'gpu1', engine: 'docker', transport: 'ssh' }]);
    expect(hosts.map(profileOn)).toMatchObject([{ container: { ...shipped(HUMO).container, user: 'host' } }]);
  });

  it('has a rented pod that is accepted, whose command is that of the profile behind the entry script', async () => {
    const { hosts, profileOn } = await load(example('engine = "process"'));

    expect(hosts).toMatchObject([{ name: 'pod', engine: 'process', transport: 'ssh', lanes: [{}] }]);
    const { command } = shipped(HUMO);
    expect(hosts.map(profileOn)).toMatchObject([
      { command: { ...command, argv: ['/bin/sh', '/opt/cosmos/entry.sh', ...command.argv] } },
    ]);
  });

  it('has a token that is accepted beside the host with Docker', async () => {
    const toml = `${example('engine = "docker"')}\n${example('secret_environment')}`;
    const { hosts, profileOn } = await load(toml);

    expect(hosts.map(profileOn)).toMatchObject([
      { command: { secret_environment: { HF_TOKEN: { env: 'HF_TOKEN' } } } },
    ]);
  });
});
