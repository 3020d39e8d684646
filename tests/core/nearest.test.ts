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
    ['two letters that are missing of six', 'cncl', ['cancel'], 'cancel'],
    ['a swapped pair with a letter between them', 'cacxnel', ['cancel'], 'cancel'],
    ['a swapped pair where a letter between them is missing', 'cancel', ['cacxnel'], 'cacxnel'],
    ['blanks around it', ' hosts\t', ['limits', 'hosts'], 'hosts'],
    ['a dash in two letters', 'a-', ['a_'], 'a_'],
    ['another case of one letter', 'H', ['hosts', 'h'], 'h'],
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
    ['a text', 'ab'.repeat(129), ['ba'.repeat(129), `${'ab'.repeat(128)}a`]],
    ['no candidates', 'hosts', []],
    ['one letter, which is the beginning of many words', 'h', ['hosts', 'help']],
    ['a single letter replaced', 'a', ['b']],
    ['a word that is spelt rightly', 'cat', ['rat', 'cat']],
  ])('finds nothing for %s', (_, word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });

  it.each([
    ['hallo', 'roles'],
    ['make', 'cancel'],
    ['delete', 'help'],
    ['stop', 'show'],
    ['jobs', 'roles'],
    ['run', 'fit'],
    ['abort', 'start'],
    ['remove', 'promote'],
    ['new', 'queue'],
    ['lsi', 'list'],
  ])('does not guess that %j is %j', (word, candidate) => {
    expect(nearest(word, [candidate])).toBeUndefined();
  });

  it('answers at once to a text in place of a word', () => {
    expect(nearest('neon rain '.repeat(10_000), ['low', 'medium', 'high'])).toBeUndefined();
  });

  it('takes two letters for a beginning, and for nothing else', () => {
    expect(nearest('hi', ['he', 'low', 'high'])).toBe('high');
    expect(nearest('st', ['sf'])).toBeUndefined();
    expect(nearest('LS', ['rm', 'ls'])).toBe('ls');
    expect(nearest('ts', ['st'])).toBeUndefined();
  });

  const word = fc.stringMatching(/^[a-zA-Z_-]{1,12}$/);

  it('never suggests what somebody wrote', () => {
    fc.assert(
      fc.property(word, fc.array(word), (given, candidates) => {
        expect(nearest(given, candidates)).not.toBe(given);
        expect(nearest(given, [...candidates, given])).toBeUndefined();
      }),
    );
  });

  it('finds one word near the other where the other is near the one', () => {
    const two = fc.oneof(
      fc.tuple(word, word),
      fc.tuple(fc.stringMatching(/^[ab]{1,6}$/), fc.stringMatching(/^[ab]{1,6}$/)),
    );
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(nearest(one, [other]) === undefined).toBe(nearest(other, [one]) === undefined);
      }),
    );
  });

  it('finds a word by every beginning of at least two letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (whole, length) => {
        const beginning = whole.slice(0, 2 + (length % (whole.length - 2)));
        expect(nearest(beginning, [whole])).toBe(whole);
      }),
    );
  });

  it('finds a word of at least three letters of which two neighbours are swapped', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,12}$/), fc.nat(), (whole, place) => {
        const at = place % (whole.length - 1);
        const slip = `${whole.slice(0, at)}${whole.charAt(at + 1)}${whole.charAt(at)}${whole.slice(at + 2)}`;
        expect(nearest(slip, [whole])).toBe(slip === whole ? undefined : whole);
      }),
    );
  });

  it('suggests nothing of which more than a third differs, beginnings aside', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-m]{1,12}$/), fc.stringMatching(/^[n-z]{1,12}$/), (one, other) => {
        expect(nearest(one, [other])).toBeUndefined();
      }),
    );
  });
});
