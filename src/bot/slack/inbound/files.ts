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

/** As core knows it; the id is enough to fetch it. */
export function toChatFile({ id, name, title, size }: SlackFile): ChatFile {
  const called = [name, title].find((each) => each !== undefined && each !== null && each !== '') ?? id;
  return { id, name: called, ...(size !== undefined && size !== null && { bytes: size }) };
}
