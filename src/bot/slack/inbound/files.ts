import { z } from 'zod';
import type { ChatFile } from '../../../core/ports/chat.ts';

/** A file of a message; of other organisations' files, and before Slack has looked at one, most is missing. */
export const fileSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  filetype: z.string().nullish(),
  size: z.number().nullish(),
  mode: z.string().nullish(),
});

export type SlackFile = z.output<typeof fileSchema>;

const ENDINGS: Readonly<Record<string, 'video' | 'audio' | 'image'>> = {
  ...kindOf('video', 'mp4 mov m4v webm mkv avi mpg mpeg mts m2ts wmv flv 3gp ogv mxf'),
  ...kindOf('audio', 'wav mp3 m4a aac flac ogg opus aif aiff wma'),
  ...kindOf('image', 'png jpg jpeg webp gif bmp tif tiff heic heif avif exr'),
};

/** Whether it could be a medium, and which: what nothing is known of could be a video. The content decides later. */
export function mediumOf({ mimetype, filetype, name }: SlackFile): 'video' | 'audio' | 'image' | 'other' {
  const type = mimetype?.split('/')[0];
  if (type === 'video' || type === 'audio' || type === 'image') return type;
  const ending = name?.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? filetype?.toLowerCase();
  if (ending !== undefined && ENDINGS[ending] !== undefined) return ENDINGS[ending];
  const isUnknown = (mimetype ?? '') === '' && (ending === undefined || ending === '');
  return isUnknown ? 'video' : 'other';
}

/** As core knows it; the id is enough to fetch it. */
export function toChatFile({ id, name, title, size }: SlackFile): ChatFile {
  const called = [name, title].find((each) => each !== undefined && each !== null && each !== '') ?? id;
  return { id, name: called, ...(size !== undefined && size !== null && { bytes: size }) };
}

function kindOf<T extends string>(kind: T, endings: string): Record<string, T> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, kind]));
}
