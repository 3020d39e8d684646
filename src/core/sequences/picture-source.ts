/** Files that pictures are read from, one at a time: a folder, or an archive. */
export interface PictureSource extends AsyncDisposable {
  /** Paths within it, with `/`. */
  readonly paths: readonly string[];
  /** A whole file. Throws an `input.*` code that names it. */
  read(path: string): Promise<Buffer>;
}

/** What keeps a folder or an archive within bounds. */
export interface PictureLimits {
  readonly maxFiles: number;
  /** Of one file, unpacked. */
  readonly maxFileBytes: number;
  /** Of all files together, unpacked. */
  readonly maxBytes: number;
}
