import { describe, expect, it } from 'vitest';
import type { HostConfig } from '../../../src/core/config/config.ts';
import type { HostName, ProfileId } from '../../../src/core/ids.ts';
import { Catalogue } from '../../../src/core/models/catalogue.ts';
import { Models } from '../../../src/core/models/models.ts';
import { minimal } from './profiles.ts';

const shared = minimal();
const ID = shared.id as ProfileId;
const special = { ...shared, title: 'Special' };

function host(name: string): HostConfig {
  return {
    name: name as HostName,
    transport: 'local',
    engine: 'process',
    workDirectory: `/srv/${name}`,
    lanes: [],
    assetQuotaBytes: 100e9,
    gpuIdleBytes: 1e9,
    models: [ID],
    modelOverrides: {},
  };
}

const FIRST = host('first');
const SECOND = host('second');

describe('the profiles of a host', () => {
  it('are its own where hosts differ, on every one of them', () => {
    const catalogue = new Catalogue(new Map([[ID, shared]]), new Map([['second', new Map([[ID, special]])]]));
    const models = new Models(catalogue, [FIRST, SECOND]);
    expect(models.ownProfiles(FIRST).get(ID)?.title).toBe(shared.title);
    expect(models.ownProfiles(SECOND).get(ID)?.title).toBe('Special');
    expect(models.list()).toMatchObject([{ host: 'first', hosts: ['first', 'second'] }]);
  });

  it('are nobody’s own where all hosts run the same', () => {
    const models = new Models(new Catalogue(new Map([[ID, shared]])), [FIRST, SECOND]);
    expect(models.ownProfiles(FIRST).size).toBe(0);
  });
});
