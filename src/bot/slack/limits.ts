/** Slack's limits of messages: documented by Slack where no other source is named. */
export const LIMITS = {
  blocks: 50,
  /** `chat.update` refuses more, `chat.postMessage` advises no more. */
  text: 4_000,
  /** Of one text. */
  blockText: 3_000,
  /**
   * Characters of all blocks together, undocumented: users of bolt-js measured 13,200 in texts, and 11,341 that were
   * refused. Blocks are kept below this with all of their JSON.
   */
  allBlocks: 11_000,
  /** Buttons of one block. */
  buttons: 25,
  buttonText: 75,
  buttonValue: 2_000,
  identifier: 255,
  altText: 2_000,
  linkUrl: 3_000,
} as const;

/** What a card may have, in the words of the port: well below what Slack takes, and as much as somebody reads. */
export const CARD_LIMITS = { maxCardCharacters: 3_500, maxButtons: LIMITS.buttons } as const;
