/** What a video that is made of pictures does not keep of them. */
export type PictureChange =
  /** Bits of each colour; videos have eight. */
  | { readonly kind: 'depth'; readonly bits: number }
  /** What is transparent is not any more: the colours stay as they are stored. */
  | { readonly kind: 'alpha' }
  /** Videos have an even number of columns and rows: the last one is cut off, or a single one is doubled. */
  | { readonly kind: 'size'; readonly from: PictureExtent; readonly to: PictureExtent };

/** In pixels. */
export interface PictureExtent {
  readonly width: number;
  readonly height: number;
}

const SIGNATURE_BYTES = 8;
/** Length, kind and checksum of a chunk. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 33;
const VIDEO_BITS = 8;
/** Colour types of PNG that have a channel of their own for it. */
const ALPHA_TYPES: readonly (number | undefined)[] = [4, 6];

/** Finds out, picture by picture, what a video of them will not keep. */
export class PictureChanges {
  #bits = 0;
  #hasAlpha = false;
  #extent: PictureExtent | undefined;

  /** Takes the bytes of a PNG file; what is none is left out: whoever decodes it says so. */
  add(png: Buffer): void {
    if (png.length < HEADER_BYTES) return;
    this.#bits = Math.max(this.#bits, png.readUInt8(24));
    this.#hasAlpha ||= ALPHA_TYPES.includes(png.readUInt8(25)) || hasTransparency(png);
    this.#extent ??= { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  }

  list(): readonly PictureChange[] {
    const from = this.#extent;
    const to = from && { width: evenOf(from.width), height: evenOf(from.height) };
    const isResized =
      from !== undefined && to !== undefined && (from.width !== to.width || from.height !== to.height);
    return [
      ...(this.#bits > VIDEO_BITS ? [{ kind: 'depth', bits: this.#bits } as const] : []),
      ...(this.#hasAlpha ? [{ kind: 'alpha' } as const] : []),
      ...(isResized ? [{ kind: 'size', from, to } as const] : []),
    ];
  }
}

/** Encoders halve the colour planes. */
export function evenOf(pixels: number): number {
  return Math.max(2, pixels - (pixels % 2));
}

/** Pictures without a channel for it may name a transparent colour, before their content. */
function hasTransparency(png: Buffer): boolean {
  for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= png.length; ) {
    const kind = png.toString('latin1', at + 4, at + 8);
    if (kind === 'tRNS') return true;
    if (kind === 'IDAT') return false;
    at += CHUNK_FRAME_BYTES + png.readUInt32BE(at);
  }
  return false;
}
