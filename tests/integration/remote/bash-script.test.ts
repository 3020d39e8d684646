import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quote } from '../../../src/remote/bash-script.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import { PATH } from './process-host.ts';

const transport = new LocalTransport({ PATH, HOME: '/' });
const WORDS = [
  '',
  "'",
  "''''",
  '"',
  '\\',
  "\\'",
  '\n',
  'a\nb\r\n',
  '$(touch pwned)',
  '`id`',
  '$HOME$$',
  '-n',
  '--',
  '-rf /',
  '*?[a-z]',
  '~root',
  '!!',
  'a;b&c|d>e<f',
  '#',
  'ä€🦀',
  'مرحبا \u202e שלום',
  '\u0001\u007f',
  'x'.repeat(301),
  "'x".repeat(400),
];

async function echoed(words: readonly string[]): Promise<readonly string[]> {
  const script = `printf '%s\\000' ${words.map(quote).join(' ')}`;
  const { stdout } = await transport.runScript(script, []);
  return stdout.split('\0').slice(0, -1);
}

it('quotes each hostile word so that a shell gives it back unchanged', async () => {
  expect(await echoed(WORDS)).toEqual(WORDS);
});

it('quotes any words so that a shell gives them back unchanged', async () => {
  const part = fc.oneof(
    fc.constantFrom(...WORDS),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
  );
  const word = fc
    .array(part, { maxLength: 5 })
    .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
      expect(await echoed(words)).toEqual(words);
    }),
    { numRuns: 150 },
  );
});

it('passes parameters on to a script as they are', async () => {
  const { stdout } = await transport.runScript('printf "%s\\000" "$@"', WORDS);
  expect(stdout.split('\0').slice(0, -1)).toEqual(WORDS);
});

it('refuses NUL, which no argument can hold', () => {
  expect(() => quote('a\0b')).toThrow(TypeError);
});
