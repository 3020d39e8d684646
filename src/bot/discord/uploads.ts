import { stat } from 'node:fs/promises';
import { Routes } from 'discord.js';
import type { Card, ChatReference, UploadFile, UploadOutcome } from '../../core/ports/chat.ts';
import { mapFileErrors } from '../../core/prompts/file-errors.ts';
import { shortHash } from '../chat/card-hash.ts';
import { Stall } from '../chat/stall.ts';
import type { Calls } from './calls.ts';
import { DISCORD_CODES, discordCode, isTooLarge, toChatError } from './discord-errors.ts';
import type { MessageContent } from './message-content.ts';
import { fileNameOf, nonceOf } from './message-mark.ts';
import { channelOf } from './message-reader.ts';
import type { DiscordMessages } from './messages.ts';
import type { Outbound } from './outbound.ts';
import type { UploadLimits } from './upload-limits.ts';

export interface UploadParts {
  readonly outbound: Outbound;
  readonly calls: Calls;
  readonly content: MessageContent;
  readonly messages: DiscordMessages;
  readonly limits: UploadLimits;
}

/**
 * Files with their cards: one call makes the message with the file, or nothing. It is never repeated here; whoever does
 * not know what became of it looks for the name of the file, which ends with the key, before it is sent again.
 */
export class DiscordUploads {
  readonly #parts: UploadParts;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  /** As `ChatPort.upload`; beyond it throws what reading the file throws. */
  async upload(
    key: string,
    where: ChatReference,
    { path, name, mime }: UploadFile,
    card: Card,
  ): Promise<UploadOutcome> {
    const { outbound, calls, content, messages, limits } = this.#parts;
    const { size: bytes } = await mapFileErrors(name, async () => await stat(path));
    const maxBytes = await limits.maxBytes(where);
    if (bytes > maxBytes) return { state: 'too_large', maxBytes };
    const channel = channelOf(where);
    const keyHash = shortHash(key);
    // One upload at a time leaves for a channel: what others take is not its own time.
    using stall = new Stall(outbound.times.stallMs, 'moving');
    const message = await content.of(card, {
      keyHash,
      nonce: nonceOf(key, channel),
      file: { path, name: fileNameOf(name, keyHash), bytes, mime },
      moved: () => stall.moved(),
    });
    try {
      const answer = await calls.patient(
        'post_file',
        channel,
        async () =>
          await outbound.client.post('uploads', Routes.channelMessages(channel), {
            ...message.body(),
            signal: stall.signal,
          }),
      );
      return { state: 'posted', reference: { ...where, message: messages.posted(answer, card).id } };
    } catch (error) {
      if (isTooLarge(error)) return { state: 'too_large', maxBytes: await limits.refused(where, bytes) };
      const failure = toChatError(error);
      // Whoever may post there may still not attach files.
      if (discordCode(error) === DISCORD_CODES.missingPermissions) {
        return { state: 'refused', detail: String(failure.parameters['detail']) };
      }
      throw failure;
    }
  }
}
