const ENDINGS: Readonly<Record<string, Exclude<Medium, 'other'>>> = {
  ...kindOf('video', 'mp4 mov m4v webm mkv avi mpg mpeg mts m2ts wmv flv 3gp ogv mxf'),
  ...kindOf('audio', 'wav mp3 m4a aac flac ogg opus aif aiff wma'),
  ...kindOf('archive', 'zip'),
  ...kindOf('image', 'png jpg jpeg webp gif bmp tif tiff heic heif avif exr'),
};

/** What a platform says of a file; most may be missing. */
export interface FileFacts {
  readonly mimetype?: string | null | undefined;
  /** An ending, where the platform names it apart from the name. */
  readonly filetype?: string | null | undefined;
  readonly name?: string | null | undefined;
}

/** An archive may hold numbered pictures. */
export type Medium = 'video' | 'audio' | 'image' | 'archive' | 'other';

/** Whether it could be a medium, and which: what nothing is known of could be a video. The content decides later. */
export function mediumOf({ mimetype, filetype, name }: FileFacts): Medium {
  const type = mimetype?.split('/')[0];
  if (type === 'video' || type === 'audio' || type === 'image') return type;
  if (mimetype?.match(/^application\/(?:x-)?zip(?:-compressed)?$/)) return 'archive';
  const ending = name?.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? filetype?.toLowerCase();
  if (ending !== undefined && ENDINGS[ending] !== undefined) return ENDINGS[ending];
  const isUnknown = (mimetype ?? '') === '' && (ending === undefined || ending === '');
  return isUnknown ? 'video' : 'other';
}

function kindOf<T extends string>(kind: T, endings: string): Record<string, T> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, kind]));
}
