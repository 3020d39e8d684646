import { z } from 'zod';
import type { ChatFile, Inbound } from '../../../core/ports/chat.ts';

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

/** All files of a message, and those among them that are made use of. */
export interface SentFiles {
  readonly files: readonly SlackFile[];
  readonly taken: readonly SlackFile[];
}

/** As core knows them; the id is enough to fetch one. */
export function toChatFiles({
  files,
  taken,
}: SentFiles): Pick<Extract<Inbound, { kind: 'upload' }>, 'files' | 'leftOut'> {
  const leftOut = files.filter((file) => !taken.includes(file)).map(nameOf);
  return { files: taken.map(toChatFile), ...(leftOut.length > 0 && { leftOut }) };
}

function toChatFile(file: SlackFile): ChatFile {
  const { id, size } = file;
  return { id, name: nameOf(file), ...(size !== undefined && size !== null && { bytes: size }) };
}

function nameOf({ id, name, title }: SlackFile): string {
  return [name, title].find((each) => each !== undefined && each !== null && each !== '') ?? id;
}
