import { distance } from 'fastest-levenshtein';

/** Part of the longer word that may differ: 2 of 5 letters, so that two swapped letters still count. */
const TOLERANCE = 0.4;
/** Shorter beginnings would match by chance. */
const SHORTEST_PREFIX = 2;
const SHORTEST_STEM = 3;

/**
 * The candidate that somebody who wrote `word` most probably meant, or undefined where none is close: first a
 * candidate that begins with the word (`stat` → `status`), then the one with the fewest different letters, then one
 * that the word begins with (`logging` → `log`). Case, `-` and `_` make no difference; of equals the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  if (wanted === '') return undefined;
  let best: { readonly candidate: string; readonly rank: number } | undefined;
  for (const candidate of candidates) {
    const rank = rankOf(wanted, fold(candidate));
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { candidate, rank };
  }
  return best?.candidate;
}

/** Lower is nearer; undefined is too far. The three kinds of likeness never overlap: below 1, from 1, from 2 up. */
function rankOf(wanted: string, candidate: string): number | undefined {
  const difference = distance(wanted, candidate);
  const longer = Math.max(wanted.length, candidate.length, 1);
  // Two swapped letters are one slip of the fingers, not two wrong letters.
  const slips = isAnagram(wanted, candidate) ? difference / 2 : difference;
  const share = slips / (longer + 1);
  if (candidate.startsWith(wanted) && wanted.length >= SHORTEST_PREFIX) return share;
  if (difference <= Math.max(1, Math.round(longer * TOLERANCE)) && difference < longer) return 1 + share;
  if (wanted.startsWith(candidate) && candidate.length >= SHORTEST_STEM) return 2 + share;
  return undefined;
}

function isAnagram(one: string, other: string): boolean {
  return [...one].sort().join('') === [...other].sort().join('');
}

function fold(text: string): string {
  return text.trim().toLowerCase().replaceAll('-', '_');
}
