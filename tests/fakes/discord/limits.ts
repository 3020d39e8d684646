const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/** What Discord documents, unless a line says otherwise. */
export const LIMITS = {
  content: 2_000,
  nonce: 25,
  embeds: 10,
  embedTotal: 6_000,
  attachments: 10,
  rows: 5,
  rowButtons: 5,
  componentsV2: 40,
  textDisplay: 4_000,
  label: 80,
  customId: 100,
  options: 25,
  placeholder: 150,
  modalTitle: 45,
  modalComponents: 5,
  textInput: 4_000,
  commands: 100,
  messageCommands: 15,
  commandTotal: 8_000,
  commandCreatesPerDay: 200,
  choices: 25,
  threadName: 100,
  /** From the interaction to its first response. */
  responseMs: 3_000,
  /** From the interaction to the end of its token. */
  tokenMs: 15 * MINUTE_MS,
  uploadBytes: 10 * MIB,
  /** By boost tier. */
  tierUploadBytes: [10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB],
  /** From here on edits of a message are counted. */
  oldMessageMs: 60 * MINUTE_MS,
  sessionStarts: 1_000,
  /** Sends of one connection per minute. */
  gatewaySends: 120,
} as const;
