import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../../src/core/config/json-schema.ts';
import { positiveSizeSchema } from '../../../src/core/config/size-schema.ts';
import { loadToml, problemsOf } from './config-files.ts';

const host = (quota: string): string => `[[hosts]]\nname = "here"\nmodels = ["m"]\nasset_quota = ${quota}\n`;

describe('what a host keeps of inputs', () => {
  it.each([
    ['"200GB"', 200e9],
    ['"1.5 TB"', 1.5e12],
    ['"512MiB"', 512 * 2 ** 20],
    ['"1B"', 1],
  ])('may be %s', (written, bytes) => {
    const loaded = loadToml(host(written));
    expect(loaded.ok && loaded.value.hosts[0]?.assetQuotaBytes).toBe(bytes);
  });

  it.each(['"0GB"', '"0B"', '"0.0 TiB"'])('is more than nothing: %s is refused', (written) => {
    expect(problemsOf(loadToml(host(written)))).toEqual([
      {
        code: 'config.out_of_range',
        parameters: expect.objectContaining({ where: 'hosts[0].asset_quota', given: written, above: 0 }),
      },
    ]);
  });

  it.each(['"200"', '"GB"', '"-1GB"', '"2 gb"', '"1e3GB"', '"1,5GB"', '""'])(
    'has a number and a unit: %s is refused',
    (written) => {
      expect(problemsOf(loadToml(host(written)))).toEqual([
        {
          code: 'config.invalid_value',
          parameters: expect.objectContaining({ where: 'hosts[0].asset_quota', reason: 'no_size' }),
        },
      ]);
    },
  );

  it('is no plain number', () => {
    expect(problemsOf(loadToml(host('200')))).toMatchObject([{ code: 'config.wrong_type' }]);
  });

  it('is the same for an editor, which knows the schema alone', () => {
    const schema = JSON.stringify(configJsonSchema());
    const found: unknown = JSON.parse(
      /"asset_quota":\{[^{}]*"pattern":("(?:[^"\\]|\\.)*")/.exec(schema)?.[1] ?? '""',
    );
    const pattern = new RegExp(String(found));
    for (const size of [
      '200GB',
      '1.5 TB',
      '512MiB',
      '1B',
      '3kB',
      '0GB',
      '0.0 TiB',
      '200',
      'GB',
      '2 gb',
      '1kiB',
      '',
    ]) {
      expect(pattern.test(size), size).toBe(positiveSizeSchema.safeParse(size).success);
    }
  });
});
