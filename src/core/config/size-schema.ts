import { z } from 'zod';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

const SIZE = /^(\d+(?:\.\d+)?) ?([kKMGT]?i?B)$/;

/** A size as people write it: `500MB`, `1.5 GiB`. Fails with `config.invalid_value` and the reason `no_size`. */
export const sizeSchema = z
  .string()
  .refine((text) => readSize(text) !== undefined, {
    params: { code: 'config.invalid_value', parameters: { reason: 'no_size' } },
  })
  .meta({ pattern: '^\\d+(?:\\.\\d+)? ?(?:B|kB|[MGT]B|[KMGT]iB)$' });

/** A size that is not nothing: refuses `0GB` with `config.out_of_range`. */
export const positiveSizeSchema = sizeSchema
  .superRefine((text, context) => {
    if (readSize(text) !== 0) return;
    const parameters = { given: JSON.stringify(text), measure: 'value', above: 0 };
    context.addIssue({ code: 'custom', params: { code: 'config.out_of_range', parameters } });
  })
  .meta({ pattern: '^(?=.*[1-9])\\d+(?:\\.\\d+)? ?(?:B|kB|[MGT]B|[KMGT]iB)$' });

/** A size that `sizeSchema` has passed, in bytes. */
export function toBytes(size: string): number {
  return readSize(size) ?? 0;
}

function readSize(text: string): number | undefined {
  const [, amount, unit = ''] = SIZE.exec(text) ?? [];
  const bytes = UNITS.get(unit);
  return amount === undefined || bytes === undefined ? undefined : Math.round(Number(amount) * bytes);
}
