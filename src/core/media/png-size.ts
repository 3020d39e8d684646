const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Signature, and the first chunk up to width and height. */
const HEADER_BYTES = 24;

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The size that a PNG file claims; undefined where it is none. */
export function pngSize(png: Buffer): PictureSize | undefined {
  if (png.length < HEADER_BYTES || !png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined;
  const size = { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  return size.width === 0 || size.height === 0 ? undefined : size;
}
