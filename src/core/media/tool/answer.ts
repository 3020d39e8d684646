import type { ErrorCode, ErrorParameters } from '../../errors.ts';
import type { MediaFacts, MediaLimits, ReducePlan, SequencePlan, SoundPlan } from '../../ports/media.ts';
import type { ProxyPlan } from '../proxy-plan.ts';
import type { SheetPlan } from '../sheet-plan.ts';

/** File descriptors that the worker hands to the tool; it never learns the path of what it reads. */
export const INPUT_FD = 3;
export const OUTPUT_FD = 4;
/** The input once more, with a position of its own: not every container can be rewound. */
export const SECOND_INPUT_FD = 5;
/** A contact sheet has one output, and then as many inputs as it needs. */
export const SHEET_FD = 3;
export const FIRST_PICTURE_FD = 4;

/** What keeps a call within bounds when the worker that started it can no longer do so. */
export interface CallBounds {
  readonly deadlineMs: number;
  readonly maxMemoryMb: number;
}

/** The one argument of `inspect`, as JSON. The file itself is file descriptor 3. */
export type InspectRequest =
  | { readonly call: 'probe' | 'verify'; readonly limits: MediaLimits; readonly bounds: CallBounds }
  /** Writes the JPEG to file descriptor 4. */
  | { readonly call: 'poster'; readonly width: number; readonly bounds: CallBounds }
  /** Draws the pictures behind the file descriptors from 4 on; writes the JPEG to file descriptor 3. */
  | { readonly call: 'contact-sheet'; readonly plan: SheetPlan; readonly bounds: CallBounds }
  /** Writes an mp4 to `to`, in a folder that holds nothing else: its index is moved to its front, which needs a name. */
  | {
      readonly call: 'proxy';
      readonly to: string;
      readonly plan: ProxyPlan;
      readonly bounds: CallBounds;
    }
  /** The same with a copy that is smaller in pixels and frames. */
  | {
      readonly call: 'reduce';
      readonly to: string;
      readonly plan: ReducePlan;
      readonly bounds: CallBounds;
    }
  /** Writes a WAV file. */
  | {
      readonly call: 'sound';
      readonly to: string;
      readonly plan: SoundPlan;
      readonly bounds: CallBounds;
    }
  /** Reads PNG files one after the other, each behind its length as four bytes (little endian), and writes an mp4. */
  | {
      readonly call: 'assemble';
      readonly to: string;
      readonly plan: SequencePlan;
      readonly bounds: CallBounds;
    };

/** A line before the last one: how much is done, from 0 to 1. */
export interface InspectProgress {
  readonly progress: number;
}

/** The last line that `inspect` prints. `facts` is absent for a poster, a proxy and a smaller copy. */
export type InspectAnswer =
  | { readonly ok: true; readonly facts?: MediaFacts; readonly frames?: FrameFlaws }
  | { readonly ok: false; readonly code: ErrorCode; readonly parameters: ErrorParameters };

/** What is wrong with pictures of a sequence, by their places in it from 0; nothing was written then. */
export interface FrameFlaws {
  readonly unreadable: readonly number[];
  readonly differing: readonly { readonly place: number; readonly width: number; readonly height: number }[];
  /** Of the first that can be read. */
  readonly width: number;
  readonly height: number;
}
