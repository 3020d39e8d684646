import { distance } from 'fastest-levenshtein';

/** Part of the longer word that may differ: one letter of three. More, and words meet that have nothing in common. */
const TOLERANCE = 1 / 3;
/** Shorter beginnings would match by chance. */
const SHORTEST_PREFIX = 2;
/** Nobody means a name by a longer text, and the work grows with the cube of the length. */
const LONGEST = 256;

/**
 * The candidate that somebody who wrote `word` most probably meant, or undefined where none is close: first a
 * candidate that begins with the word (`stat` → `status`), then the one with the fewest slips of at most one for each
 * three letters, then one that the word begins with (`logging` → `log`). Two swapped neighbours are one slip; case,
 * `-` and `_` make no difference; of equals the first wins. A word that is itself among the candidates is spelt
 * rightly: there is nothing to suggest for it, as for a text of more than 256 characters.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  if (wanted === '' || wanted.length > LONGEST) return undefined;
  let best: { readonly candidate: string; readonly rank: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === word) return undefined;
    const rank = rankOf(wanted, fold(candidate));
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { candidate, rank };
  }
  return best?.candidate;
}

/** Lower is nearer; undefined is too far. The three kinds of likeness never overlap: below 1, from 1, from 2 up. */
function rankOf(wanted: string, candidate: string): number | undefined {
  const shorter = Math.min(wanted.length, candidate.length);
  const longer = Math.max(wanted.length, candidate.length);
  const allowed = Math.floor(longer * TOLERANCE);
  const found = slips(wanted, candidate, allowed);
  const share = found / (longer + 1);
  if (candidate.startsWith(wanted) && shorter >= SHORTEST_PREFIX) return share;
  if (found <= allowed) return 1 + share;
  if (wanted.startsWith(candidate) && shorter >= SHORTEST_PREFIX) return 2 + share;
  return undefined;
}

/** Letters that were left out, added or replaced, where two swapped neighbours are one slip of the fingers, not two. */
function slips(one: string, other: string, allowed: number): number {
  const letters = distance(one, other);
  // A swap saves one letter, so it changes nothing where more is wrong.
  if (letters < 2 || letters > allowed + 1) return letters;
  return Math.min(letters, swapped(one, other), swapped(other, one));
}

/** The fewest slips where one of them is a swap of neighbours in `one`. */
function swapped(one: string, other: string): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < one.length; at += 1) {
    const mended = `${one.slice(0, at)}${one.charAt(at + 1)}${one.charAt(at)}${one.slice(at + 2)}`;
    fewest = Math.min(fewest, 1 + distance(mended, other));
  }
  return fewest;
}

function fold(text: string): string {
  return text.trim().toLowerCase().replaceAll('-', '_');
}
