import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

describe('nearest', () => {
  it.each([
    ['a swapped pair of letters', 'hsots', ['limits', 'hosts'], 'hosts'],
    ['a missing letter', 'limts', ['limits', 'hosts'], 'limits'],
    ['an extra letter', 'hostss', ['limits', 'hosts'], 'hosts'],
    ['another case', 'Data_Dir', ['log', 'data_dir'], 'data_dir'],
    ['a dash for an underscore', 'data-dir', ['data_dri_x', 'data_dir'], 'data_dir'],
    ['a swapped pair in a short word', 'shwo', ['search', 'show'], 'show'],
  ])('finds the word behind %s', (_, word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  it('takes two swapped letters for one slip', () => {
    expect(nearest('stauts', ['start', 'status'])).toBe('status');
  });

  it('takes a beginning for the whole word, before a word that differs by one letter', () => {
    expect(nearest('stat', ['start', 'status'])).toBe('status');
  });

  it('takes the shortest of several words with the same beginning', () => {
    expect(nearest('lane', ['lane_count', 'lanes'])).toBe('lanes');
  });

  it('takes a word that somebody wrote too long', () => {
    expect(nearest('silence_seconds', ['run', 'silence'])).toBe('silence');
  });

  it('prefers the first of equally near words', () => {
    expect(nearest('bat', ['cat', 'rat'])).toBe('cat');
  });

  it.each([
    ['a word that is like none', 'banana', ['hosts', 'limits']],
    ['an empty word', '', ['hosts']],
    ['blanks', '  ', ['hosts']],
    ['no candidates', 'hosts', []],
    ['one letter, which is the beginning of many words', 'h', ['hosts', 'help']],
    ['a single letter replaced', 'a', ['b']],
  ])('finds nothing for %s', (_, word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });

  it('finds a word that is among the candidates, whatever else is', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{2,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.nat(), (candidates, index) => {
        const word = candidates[index % candidates.length] ?? '';
        expect(nearest(word, candidates)).toBe(word);
      }),
    );
  });
});
