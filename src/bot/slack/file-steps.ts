import { z } from 'zod';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { Outbound } from './outbound.ts';
import { coded, patiently } from './patience.ts';
import type { CardBlocks } from './render-card.ts';
import { sendBytes } from './send-bytes.ts';
import { slackCode, unavailable } from './slack-errors.ts';

const ticketSchema = z.object({ upload_url: z.string(), file_id: z.string() });

const shareSchema = z.record(
  z.string(),
  z.array(z.object({ ts: z.string(), thread_ts: z.string().optional() })),
);
const infoSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  mimetype: z.string().default(''),
  size: z.number().optional(),
  mode: z.string().optional(),
  is_external: z.boolean().optional(),
  url_private: z.string().optional(),
  url_private_download: z.string().optional(),
  shares: z.object({ public: shareSchema.optional(), private: shareSchema.optional() }).optional(),
});

/** What Slack says of a file. */
export type FileInfo = z.output<typeof infoSchema>;

/** Slack's codes for a file that is not there, or not for the bot. */
const MISSING: ReadonlySet<string> = new Set(['file_not_found', 'file_deleted', 'not_visible']);

/** Where a message shows a file. */
export interface FileShare {
  readonly ts: string;
  readonly thread: string | undefined;
}

/** The steps of an upload, and looking at what became of it. Refusals are thrown as Slack says them. */
export class FileSteps {
  readonly #outbound: Outbound;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  /** Announces a file and sends its bytes; `announced` is called in between with Slack's id of it. Returns the id. */
  async send(
    file: { readonly path: string; readonly name: string; readonly bytes: number },
    announced: (id: string) => void = () => undefined,
  ): Promise<string> {
    const { files } = this.#outbound.clients.files;
    const answer = ticketSchema.safeParse(
      await this.#patiently(
        async () => await files.getUploadURLExternal({ filename: file.name, length: file.bytes }),
      ),
    );
    if (!answer.success) throw unavailable('unreadable answer', answer.error);
    const { upload_url: url, file_id: id } = answer.data;
    announced(id);
    const { closed, times } = this.#outbound;
    await sendBytes(file, url, { closed, stallMs: times.stallMs });
    return id;
  }

  /** The bytes are a file from now on; shared in a thread or channel, or nowhere. */
  async complete(
    id: string,
    options: { readonly title: string; readonly where?: ChatReference; readonly blocks?: CardBlocks[] },
  ): Promise<void> {
    const { title, where, blocks } = options;
    const { files } = this.#outbound.clients.files;
    const content = { files: [{ id, title }] as [{ id: string; title: string }], ...(blocks && { blocks }) };
    await this.#patiently(async () => {
      if (where?.thread !== undefined) {
        await files.completeUploadExternal({
          ...content,
          channel_id: where.channel,
          thread_ts: where.thread,
        });
      } else {
        await files.completeUploadExternal({ ...content, ...(where && { channel_id: where.channel }) });
      }
    });
  }

  /** Undefined where the file is not there. Throws as `ChatPort`. */
  async info(id: string): Promise<FileInfo | undefined> {
    const { files } = this.#outbound.clients.lookups;
    const answer = await coded(
      async () => await missingAsUndefined(this.#patiently(async () => await files.info({ file: id }))),
    );
    if (answer === undefined) return undefined;
    const info = infoSchema.safeParse(answer.file);
    if (!info.success) throw unavailable('unreadable answer', info.error);
    return info.data.mode === 'tombstone' ? undefined : info.data;
  }

  /** A file that is not there is no error. Throws as `ChatPort`. */
  async delete(id: string): Promise<void> {
    const { files } = this.#outbound.clients.edits;
    await coded(
      async () => await missingAsUndefined(this.#patiently(async () => await files.delete({ file: id }))),
    );
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    const { clock, times, closed } = this.#outbound;
    return await patiently(call, { clock, closed, patienceMs: times.patienceMs });
  }
}

/** The messages of a channel that show the file. */
export function sharesIn({ shares }: FileInfo, channel: string): readonly FileShare[] {
  return [shares?.public, shares?.private].flatMap((side) =>
    (side?.[channel] ?? []).map(({ ts, thread_ts: thread }) => ({ ts, thread })),
  );
}

async function missingAsUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (MISSING.has(slackCode(error) ?? '')) return undefined;
    throw error;
  }
}
