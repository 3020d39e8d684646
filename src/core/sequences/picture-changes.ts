import { type PictureSize, pngSize } from '../media/png-size.ts';

/** What a video that is made of pictures does not keep of them. */
export type PictureChange =
  /** Bits of each colour; videos have eight. */
  | { readonly kind: 'depth'; readonly bits: number }
  /** What is transparent is not any more: the colours stay as they are stored. */
  | { readonly kind: 'alpha' }
  /** Videos have an even number of columns and rows: the last one is cut off, or a single one is doubled. */
  | { readonly kind: 'size'; readonly from: PictureSize; readonly to: PictureSize };

const SIGNATURE_BYTES = 8;
/** Length, kind and checksum of a chunk. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 33;
const VIDEO_BITS = 8;
/** Colour types of PNG that have a channel of their own for it. */
const ALPHA_TYPES: readonly (number | undefined)[] = [4, 6];

/** Kinds of chunks, as numbers: a hostile file has millions of them. */
const TRANSPARENCY = Buffer.from('tRNS').readUInt32BE();
const CONTENT = Buffer.from('IDAT').readUInt32BE();

/** Finds out, picture by picture, what a video of them will not keep. */
export class PictureChanges {
  #bits = 0;
  #hasAlpha = false;
  #extent: PictureSize | undefined;

  /** Takes the bytes of a PNG file; what is none is left out: whoever decodes it says so. */
  add(png: Buffer): void {
    const size = png.length < HEADER_BYTES ? undefined : pngSize(png);
    if (size === undefined) return;
    this.#bits = Math.max(this.#bits, png.readUInt8(24));
    this.#hasAlpha ||= ALPHA_TYPES.includes(png.readUInt8(25)) || hasTransparency(png);
    this.#extent ??= size;
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
    const kind = png.readUInt32BE(at + 4);
    if (kind === TRANSPARENCY) return true;
    if (kind === CONTENT) return false;
    at += CHUNK_FRAME_BYTES + png.readUInt32BE(at);
  }
  return false;
}
