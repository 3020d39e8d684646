const TURNS = ['null', 'transpose=clock', 'hflip,vflip', 'transpose=cclock'] as const;

/** The filter that shows a picture as a player does: a phone stores "hold me turned" beside the pixels. */
export function uprightFilter(quarterTurns: number): string {
  return TURNS[quarterTurns] ?? 'null';
}
