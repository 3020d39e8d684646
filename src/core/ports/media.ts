import type { Sha256 } from '../ids.ts';

export type MediaKind = 'video' | 'audio' | 'image';

/** Facts of a media file, found by decoding its header (not by its name). */
export type MediaFacts = VideoFacts | AudioFacts | ImageFacts;

export interface VideoFacts {
  readonly kind: 'video';
  /** Pixels, as displayed (after rotation). */
  readonly width: number;
  readonly height: number;
  /** Average frames per second. */
  readonly fps: number;
  /** Counted by demuxing, not taken from the header. */
  readonly frames: number;
  readonly durationMs: number;
  readonly codec: string;
  readonly hasAudio: boolean;
}

export interface AudioFacts {
  readonly kind: 'audio';
  readonly durationMs: number;
  readonly codec: string;
}

export interface ImageFacts {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  readonly codec: string;
}

export interface MediaLimits {
  readonly maxBytes: number;
  readonly maxDurationMs: number;
  /** Width × height. */
  readonly maxPixels: number;
}

/** A copy of a video as an H.264 mp4 that keeps its shape. */
export interface ReducePlan {
  /** Even, in pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** The first ones. */
  readonly frames: number;
  /** Frames per second of the source, where the copy has others: then some are shown twice, or left out. */
  readonly sourceFps?: number;
}

/** A copy of a sound, as 16-bit PCM in a WAV file. */
export interface SoundPlan {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** The beginning; all of it where absent. */
  readonly maxSeconds?: number;
}

/** One picture of a sequence, a whole PNG file. */
export interface SequenceFrame {
  /** What it is called where somebody has to be told of it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Frames per second, exact: 24000/1001 is no number with an end. Both parts are whole and above zero. */
export interface FrameRate {
  readonly numerator: number;
  readonly denominator: number;
}

export interface SequencePlan {
  /** That of the video, exactly. */
  readonly frameRate: FrameRate;
  /** How many will come; for progress alone. */
  readonly frames: number;
  /** Width × height of each picture, at most. */
  readonly maxPixels: number;
}

/** Told now and then how much of a call is done, from 0 to 1. */
export type OnProgress = (share: number) => void;

export interface StoredFile {
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** One picture of a contact sheet. */
export interface SheetCell {
  /** A picture; a cell without one shows its words alone. */
  readonly picture?: string;
  /** What it shows, cut where there is no room. */
  readonly title: string;
  readonly subtitle: string;
}

/**
 * Looks into media files in a process of its own, with a deadline and a memory limit: uploads are hostile.
 * Every method throws `media.worker_failed` or `media.worker_timed_out` where the worker itself broke, and an
 * `input.*` code (`not_media`, `no_frames`, `truncated`, `too_long`, `absurd_duration`, `too_many_pixels`,
 * `file_empty`, `file_too_large`, `file_missing`, `file_unreadable`, `file_not_regular`) for a bad file.
 */
export interface MediaWorker {
  /** Type (by content), size, rate, frames and duration within `limits`. */
  probe(path: string, limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts>;
  /** Decodes every frame and returns the facts; a file with a corrupt packet is refused (`input.truncated`). */
  verify(path: string, limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts>;
  /** Writes a JPEG of a frame near the middle of a video (or of the image), at most `width` pixels wide. */
  poster(path: string, to: string, width: number, signal?: AbortSignal): Promise<void>;
  /** Writes a JPEG with the pictures of all cells in rows of `columns`, each above its words. */
  contactSheet(cells: readonly SheetCell[], columns: number, to: string, signal?: AbortSignal): Promise<void>;
  /**
   * Writes a copy of a video with at most `maxBytes`, as large and as good as that allows, with its sound where that can
   * be kept. False where it would not look good any more; then, and where this throws, there is no copy.
   */
  proxy(path: string, to: string, maxBytes: number, signal?: AbortSignal): Promise<boolean>;
  /** Writes a copy of a video, without sound, as planned; `to` appears whole or not at all. */
  reduce(
    path: string,
    to: string,
    plan: ReducePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void>;
  /** Writes a copy of a sound as planned; `to` appears whole or not at all. */
  convertSound(path: string, to: string, plan: SoundPlan, signal?: AbortSignal): Promise<void>;
  /**
   * Writes an H.264 mp4 of pictures in their order; `to` appears whole or not at all. No more than a few of them are held
   * at a time. Throws `input.sequence_frames` {unreadable: names, differing: `name (size)`, size: of the first} once it has
   * seen them all, `input.no_frames` where there are none, and what `frames` throws.
   */
  assemble(
    frames: AsyncIterable<SequenceFrame>,
    to: string,
    plan: SequencePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void>;
}
