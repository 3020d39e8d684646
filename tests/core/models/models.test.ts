import { describe, expect, it } from 'vitest';
import type { HostConfig } from '../../../src/core/config/config.ts';
import type { HostName } from '../../../src/core/ids.ts';
import { Catalogue } from '../../../src/core/models/catalogue.ts';
import { Models } from '../../../src/core/models/models.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { minimal, video } from './profiles.ts';

const color = minimal({ id: 'color' });
const depth = minimal({
  id: 'depth',
  inputs: { color: { required: false }, depth: { required: true } },
  command: { argv: ['run', '{input.depth}'] },
});
const unused = minimal({ id: 'unused' });

function host(name: string, models: readonly Profile[]): HostConfig {
  return {
    name: name as HostName,
    transport: 'local',
    engine: 'process',
    workDirectory: `/${name}`,
    lanes: [],
    assetQuotaBytes: 100e9,
    gpuIdleBytes: 1e9,
    models: models.map(({ id }) => id),
    modelOverrides: {},
  };
}

function models(hosts: readonly HostConfig[], overridden: ReadonlyMap<string, Profile> = new Map()): Models {
  const all = new Map([color, depth, unused].map((profile) => [profile.id, profile]));
  return new Models(new Catalogue(all, new Map([['second', overridden]])), hosts);
}

function chosen(checked: ReturnType<Models['choose']>) {
  return checked.ok ? [checked.value.profile.id, checked.value.host] : checked.problems[0];
}

describe('the models that can be run', () => {
  it('are those that some host names, each once, as its first host runs it', () => {
    const changed = minimal({ id: 'color', title: 'Changed' });
    const hosts = [host('first', [depth]), host('second', [color, depth]), host('third', [color])];

    expect(
      models(hosts, new Map([['color', changed]]))
        .list()
        .map((choice) => [choice.profile.id, choice.profile.title, choice.host]),
    ).toEqual([
      ['depth', 'Minimal', 'first'],
      ['color', 'Changed', 'second'],
    ]);
  });

  it('are chosen by name', () => {
    expect(chosen(models([host('here', [color, depth])]).choose('depth', [video('color')]))).toEqual([
      'depth',
      'here',
    ]);
  });

  it('are chosen by the files where nobody names one: the first that takes them', () => {
    const known = models([host('here', [depth, color])]);

    expect(chosen(known.choose(undefined, [video('color')]))).toEqual(['color', 'here']);
    expect(chosen(known.choose(undefined, [video('color'), video('depth')]))).toEqual(['depth', 'here']);
  });

  it('are answered with the first where none takes the files, so that its problems are told', () => {
    expect(chosen(models([host('here', [depth, color])]).choose(undefined, []))).toEqual(['depth', 'here']);
  });

  it('tell a model that no host runs from one that nobody knows', () => {
    const known = models([host('here', [color, depth])]);

    expect(chosen(known.choose('unused', []))).toEqual({
      code: 'input.model_unavailable',
      parameters: { model: 'unused' },
    });
    expect(chosen(known.choose('dephts', []))).toEqual({
      code: 'input.model_unknown',
      parameters: { model: 'dephts', known: ['color', 'depth'], nearest: 'depth' },
    });
  });

  describe('that do something else than make videos of prompts', () => {
    const own = minimal({ id: 'own', family: 'color', task: 'upscale' });
    const stranger = minimal({ id: 'stranger', task: 'upscale' });
    const all = [stranger, color, own];
    const known = new Models(new Catalogue(new Map(all.map((each) => [each.id, each]))), [host('here', all)]);
    const files = [video('color')];

    it('are taken by their task: of the same family first, else the first of all', () => {
      expect(chosen(known.choose(undefined, files))).toEqual(['color', 'here']);
      expect(chosen(known.choose(undefined, files, { task: 'upscale' }))).toEqual(['stranger', 'here']);
      expect(chosen(known.choose(undefined, files, { task: 'upscale', family: 'color' }))).toEqual([
        'own',
        'here',
      ]);
      expect(chosen(known.choose(undefined, files, { task: 'upscale', family: 'other' }))).toEqual([
        'stranger',
        'here',
      ]);
    });

    it('of the same family come first also where they do not take the files: they say why', () => {
      expect(chosen(known.choose(undefined, [], { task: 'upscale', family: 'color' }))).toEqual([
        'own',
        'here',
      ]);
    });

    it('are taken by name, and for nothing else', () => {
      expect(chosen(known.choose('stranger', files, { task: 'upscale', family: 'color' }))).toEqual([
        'stranger',
        'here',
      ]);
      expect(chosen(known.choose('own', files))).toEqual({
        code: 'input.model_other_task',
        parameters: { model: 'own', task: 'upscale' },
      });
      expect(chosen(known.choose('color', files, { task: 'upscale' }))).toMatchObject({
        code: 'input.model_other_task',
      });
    });

    it('are none where no host has one', () => {
      expect(chosen(known.choose(undefined, files, { task: 'enhance' }))).toEqual({
        code: 'input.no_model_for_task',
        parameters: { task: 'enhance' },
      });
    });
  });

  it('are none where no host names one', () => {
    expect(chosen(models([]).choose(undefined, []))).toMatchObject({ code: 'input.model_unavailable' });
  });
});
