/** Slack's limits, from its documentation where no other source is named. */
export const LIMITS = {
  messageText: 40_000,
  /** `chat.update` refuses more, where `chat.postMessage` cuts off at `messageText`. */
  updatedText: 4_000,
  messageBlocks: 50,
  viewBlocks: 100,
  /** Characters of all texts of a message's blocks: undocumented, measured by users of bolt-js. */
  blockCharacters: 13_200,
  viewTitle: 24,
  viewBytes: 250_000,
  viewStack: 3,
  privateMetadata: 3_000,
  /** Slack publishes no number; this one is an assumption. */
  metadataBytes: 8_000,
  triggerMs: 3_000,
  ackMs: 3_000,
  responseUses: 5,
  responseMs: 30 * 60_000,
  connections: 10,
  /** How long after a `disconnect` Slack closes a connection by itself. */
  refreshMs: 10_000,
} as const;

/** After which time an event that was not acknowledged comes again: at once, after a minute, after five. */
export const RETRY_DELAYS_MS = [0, 60_000, 300_000] as const;
