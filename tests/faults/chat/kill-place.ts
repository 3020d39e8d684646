import type { Asking, ChatWorld } from './chat-world.ts';
import type { Session } from './session.ts';
import type { Traces } from './traces.ts';

/** The steps of a session, in their order. */
export const STEPS = ['uploaded', 'prompt_shown', 'asked', 'running', 'released'] as const;

export type Step = (typeof STEPS)[number];

/** Where a bot is killed. */
export interface KillPlace<W extends ChatWorld> {
  readonly name: string;
  readonly asks: Asking;
  /** The last step before it. */
  readonly after: Step;
  /** Makes sure that nothing goes on beyond it; what it returns resolves once it is reached. */
  readonly hold: (session: Session<W>) => Promise<unknown>;
  /** What it leaves behind: nothing else proves that it came so far, and no further. */
  readonly leaves: Partial<Traces>;
  /** How long the bot is away; not at all unless told otherwise. */
  readonly awayMs?: number;
}

/** So long a platform may take to show what it was asked for with unknown outcome; then it is sent again. */
export const PAST_ALL_LATE_EFFECTS_MS = 130_000;

/** Half of what is uploaded. */
const HALF_UPLOAD_BYTES = 4 * 1024 * 1024;
export const UPLOAD_BYTES = 2 * HALF_UPLOAD_BYTES;
/** What the model makes is at least so long. */
export const CLIP_BYTES = 512 * 1024;

/** Places between the bot and its host, where no chat takes part. */
export const HOST_PLACES: readonly KillPlace<ChatWorld>[] = [
  {
    name: 'while the video is uploaded to the host',
    asks: 'button',
    after: 'asked',
    hold: async ({ place }) => await place.link.heldAfter(HALF_UPLOAD_BYTES),
    leaves: { runs: 1, isUploading: true, starts: 0 },
  },
  {
    name: 'while the model runs',
    asks: 'button',
    after: 'running',
    hold: async () => undefined,
    leaves: { starts: 1, unknown: [] },
  },
];
