import type { MediaKind } from '../ports/media.ts';

const TYPES: Readonly<Record<MediaKind, Readonly<Record<string, string>>>> = {
  video: {
    mp4: 'video/mp4',
    m4v: 'video/mp4',
    mov: 'video/quicktime',
    mkv: 'video/x-matroska',
    webm: 'video/webm',
    avi: 'video/x-msvideo',
    mpg: 'video/mpeg',
    mpeg: 'video/mpeg',
    ts: 'video/mp2t',
    wmv: 'video/x-ms-wmv',
    gif: 'image/gif',
  },
  audio: {
    wav: 'audio/wav',
    mp3: 'audio/mpeg',
    m4a: 'audio/mp4',
    aac: 'audio/aac',
    flac: 'audio/flac',
    ogg: 'audio/ogg',
    opus: 'audio/ogg',
    aiff: 'audio/aiff',
  },
  image: {
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    gif: 'image/gif',
    bmp: 'image/bmp',
    tif: 'image/tiff',
    tiff: 'image/tiff',
    avif: 'image/avif',
  },
};

/**
 * Media type of a file of a proved kind. The extension (without dot) only chooses within the kind, so a picture
 * that calls itself `html` is never served as a page; `application/octet-stream` where it tells nothing.
 */
export function mimeOf(kind: MediaKind, extension: string): string {
  const types = TYPES[kind];
  const known = extension.toLowerCase();
  return (Object.hasOwn(types, known) ? types[known] : undefined) ?? 'application/octet-stream';
}
