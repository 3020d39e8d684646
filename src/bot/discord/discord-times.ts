/** How long things may take, ms; tests pass shorter ones. */
export interface DiscordTimes {
  /** One call without files; where it is longer its outcome is unknown. */
  readonly callMs: number;
  /** One upload, however large. */
  readonly uploadMs: number;
  /** What a call waits at most before it is sent, where Discord asks to come later. */
  readonly patienceMs: number;
  /** How long after it was given up Discord may still carry out a call. An assumption: Discord says nothing of it. */
  readonly lateMs: number;
  /** Between two edits in one channel or thread. */
  readonly editIntervalMs: number;
  /** From this age on edits of a message are slowed down, and how much. */
  readonly oldAfterMs: number;
  readonly oldIntervalMs: number;
  /** Bytes of a file that do not move for so long end the transfer. */
  readonly stallMs: number;
  /** How long a refusal is believed without asking again. */
  readonly refusalMs: number;
  /** How long it is believed how far a guild is boosted. */
  readonly guildMs: number;
}

/**
 * Discord publishes no number for edits: five in 5 s for a channel is what its headers say. Edits of messages older than
 * an hour have a limit of their own (30046), which users measured as about three in 20 s for a channel.
 */
export const DISCORD_TIMES: DiscordTimes = {
  callMs: 15_000,
  uploadMs: 600_000,
  patienceMs: 10_000,
  lateMs: 10_000,
  editIntervalMs: 1_500,
  oldAfterMs: 55 * 60_000,
  oldIntervalMs: 15_000,
  stallMs: 60_000,
  refusalMs: 30_000,
  guildMs: 10 * 60_000,
};
