/** Discord's limits of messages: documented by Discord where no other source is named. */
export const LIMITS = {
  content: 2_000,
  description: 4_096,
  /** Characters of all embeds of a message. */
  embeds: 6_000,
  attachments: 10,
  rows: 5,
  rowButtons: 5,
  label: 80,
  customId: 100,
  altText: 1_024,
  threadName: 100,
  /** Of a page of messages. */
  page: 100,
} as const;

/** What a card may have, in the words of the port: as much as somebody reads. */
export const CARD_LIMITS = { maxCardCharacters: 3_500, maxButtons: LIMITS.rows * LIMITS.rowButtons } as const;
