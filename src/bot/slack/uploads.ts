import { stat } from 'node:fs/promises';
import { CosmosError, isRetryable } from '../../core/errors.ts';
import type { Card, ChatReference, UploadFile, UploadOutcome } from '../../core/ports/chat.ts';
import { mapFileErrors } from '../../core/prompts/file-errors.ts';
import type { CardContent } from './card-content.ts';
import { type FileInfo, FileSteps, sharesIn } from './file-steps.ts';
import type { SlackMessages } from './messages.ts';
import type { Outbound } from './outbound.ts';
import { coded, lookFor } from './patience.ts';
import { slackCode } from './slack-errors.ts';
import { uploadKey } from './upload-key.ts';

/** What Slack takes unless administrators allow less; nothing tells how much that is but a refusal. */
const MAXIMUM_BYTES = 1_000_000_000;

const TOO_LARGE: ReadonlySet<string> = new Set(['file_upload_size_restricted', 'file_too_large']);
/** Refusals of a file where a message without it may still be posted. */
const REFUSED: ReadonlySet<string> = new Set([
  'blocked_file_type',
  'file_type_not_allowed',
  'file_uploads_disabled',
  'file_uploads_except_images_disabled',
  'malware_detected',
  'not_in_channel',
  'posting_to_general_channel_denied',
  'restricted_action',
  'slack_connect_blocked_file_type',
  'slack_connect_canvas_sharing_blocked',
  'slack_connect_clip_sharing_blocked',
  'slack_connect_file_upload_sharing_blocked',
  'storage_limit_reached',
]);

export interface UploadParts {
  readonly outbound: Outbound;
  readonly content: CardContent;
  readonly messages: SlackMessages;
}

/**
 * Files with their cards. Slack shares a file some time after it was accepted, or never: the file's id is durable before
 * its bytes are sent, so that after a crash at any point it is known what to look for, and what to remove before the file
 * is sent again.
 */
export class SlackUploads {
  readonly #outbound: Outbound;
  readonly #content: CardContent;
  readonly #messages: SlackMessages;
  readonly #steps: FileSteps;
  #maximumBytes = MAXIMUM_BYTES;

  constructor({ outbound, content, messages }: UploadParts) {
    this.#outbound = outbound;
    this.#content = content;
    this.#messages = messages;
    this.#steps = new FileSteps(outbound);
  }

  /** What was refused for its size once is not tried again before the next start. */
  get maximumBytes(): number {
    return this.#maximumBytes;
  }

  /** As `ChatPort.upload`; beyond it throws what reading the file throws. */
  async upload(
    key: string,
    where: ChatReference,
    { path, name }: UploadFile,
    card: Card,
  ): Promise<UploadOutcome> {
    const { size: bytes } = await mapFileErrors(name, async () => await stat(path));
    if (bytes > this.#maximumBytes) return this.#tooLarge();
    const earlier = await this.#earlier(key, where);
    if (earlier !== undefined) return { state: 'posted', reference: earlier };
    const announced = (id: string): void => this.#outbound.files.set(uploadKey(key), id);
    let file: string | undefined;
    try {
      file = await this.#steps.send({ path, name, bytes }, announced);
      const id = file;
      await this.#content.send(card, key, async ({ blocks }) => {
        await this.#steps.complete(id, { title: name, where, blocks });
      });
    } catch (error) {
      return await this.#refused(error, file, bytes);
    }
    return await this.#verified(file, where);
  }

  /**
   * The message that shows what was sent with this key before. A file that is shown nowhere is removed: it could still
   * appear beside the new one.
   */
  async #earlier(key: string, where: ChatReference): Promise<ChatReference | undefined> {
    const id = this.#outbound.files.get(uploadKey(key));
    const info = id === undefined ? undefined : await this.#steps.info(id);
    if (info === undefined) return undefined;
    const share = shareAt(info, where);
    if (share === undefined) await this.#steps.delete(info.id);
    return share;
  }

  /** Looks until the file is shown; a look that fails leaves it to a later one. */
  async #verified(file: string, where: ChatReference): Promise<UploadOutcome> {
    const seen = await lookFor(async () => await this.#look(file, where), this.#outbound);
    return seen ?? { state: 'unverified' };
  }

  async #look(file: string, where: ChatReference): Promise<UploadOutcome | undefined> {
    try {
      const info = await this.#steps.info(file);
      // What Slack finds in a file makes it disappear again.
      if (info === undefined) return { state: 'refused', detail: 'file_deleted' };
      const reference = shareAt(info, where);
      if (reference !== undefined) return { state: 'posted', reference };
      await this.#refuseStray(info, where);
      return undefined;
    } catch (error) {
      if (error instanceof CosmosError && isRetryable(error.code)) return { state: 'unverified' };
      throw error;
    }
  }

  /** A file for a thread that somebody has deleted stands in the channel. */
  async #refuseStray(info: FileInfo, { message: _none, ...where }: ChatReference): Promise<void> {
    const [stray] = sharesIn(info, where.channel);
    if (where.thread === undefined || stray === undefined) return;
    await this.#messages.delete({ ...where, thread: stray.thread ?? stray.ts, message: stray.ts });
    throw new CosmosError('chat.place_gone', { platform: 'Slack', detail: 'thread_not_found' });
  }

  /** The outcome of a refusal; everything else is thrown on, in the codes of the port. */
  async #refused(error: unknown, file: string | undefined, bytes: number): Promise<UploadOutcome> {
    const code = slackCode(error);
    // Nothing shows it, and nothing ever will.
    if (code !== undefined && file !== undefined) await this.#steps.delete(file);
    if (code !== undefined && TOO_LARGE.has(code)) {
      this.#maximumBytes = Math.min(this.#maximumBytes, bytes - 1);
      return this.#tooLarge();
    }
    if (code !== undefined && REFUSED.has(code)) return { state: 'refused', detail: code };
    return await coded(async () => {
      throw error;
    });
  }

  #tooLarge(): UploadOutcome {
    return { state: 'too_large', maxBytes: this.#maximumBytes };
  }
}

function shareAt(info: FileInfo, { message: _none, ...where }: ChatReference): ChatReference | undefined {
  const share = sharesIn(info, where.channel).find(
    ({ ts, thread }) => (thread === ts ? undefined : thread) === where.thread,
  );
  return share && { ...where, message: share.ts };
}
