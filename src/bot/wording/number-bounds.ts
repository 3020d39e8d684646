import type { Parameters } from './wording.ts';

/** ` from 0 to 1`, ` from 1`, ` up to 5`, or nothing. */
export function bounds(p: Parameters): string {
  const text = range(p);
  return text === '' ? '' : ` ${text}`;
}

/** `from 0 to 1`, `from 1`, `up to 5`, `of up to 40 characters`, or nothing. */
export function range(p: Parameters): string {
  if (p.text('expected') === 'a text') return p.part('maximum', (value) => `of up to ${value} characters`);
  if (p.has('minimum') && p.has('maximum')) return `from ${p.text('minimum')} to ${p.text('maximum')}`;
  return p.part('minimum', (value) => `from ${value}`) || p.part('maximum', (value) => `up to ${value}`);
}
