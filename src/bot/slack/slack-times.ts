/** How long things may take, ms; tests pass shorter ones. */
export interface SlackTimes {
  /** One call of the Web API; where it is longer its outcome is unknown. */
  readonly callMs: number;
  /** What a call waits at most before it is sent: for its turn in the channel, and where Slack asks to come later. */
  readonly patienceMs: number;
  /** How long after it was given up Slack may still carry out a call. An assumption: Slack says nothing of it. */
  readonly lateMs: number;
  /** Between two edits of any messages of a workspace. */
  readonly editIntervalMs: number;
  /** Between two edits of one message. */
  readonly messageEditIntervalMs: number;
  /** How long a card waits for its pictures to be uploaded. */
  readonly pictureMs: number;
  /** How long an upload is looked for after it was accepted, and how soon the first time; then ever more seldom. */
  readonly shareMs: number;
  readonly shareIntervalMs: number;
  /** Bytes of a file that do not move for so long end the transfer. */
  readonly stallMs: number;
  /** Between two posts into one channel, after a short burst. */
  readonly postIntervalMs: number;
  /** Between two reads of messages with one method in a workspace, after a burst. */
  readonly lookupIntervalMs: number;
}

/**
 * Slack takes 50 edits a minute from all runs of a workspace: one every 1.5 s leaves a fifth for retries, and with one
 * every 3 s for each message no run takes more than it needs: `max(3 s, runs × 1.5 s)`.
 */
export const SLACK_TIMES: SlackTimes = {
  callMs: 10_000,
  patienceMs: 10_000,
  lateMs: 10_000,
  editIntervalMs: 1_500,
  messageEditIntervalMs: 3_000,
  pictureMs: 5_000,
  shareMs: 15_000,
  shareIntervalMs: 1_000,
  stallMs: 60_000,
  postIntervalMs: 1_000,
  // Of 50 a minute ten may come at once: the other forty are spread over it.
  lookupIntervalMs: 1_500,
};
