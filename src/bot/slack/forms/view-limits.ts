/** Slack's limits of modals and of the page of one's own, as it documents them. */
export const VIEW_LIMITS = {
  /** Of modals and pages alike. */
  blocks: 100,
  /** Of a view's whole JSON Slack takes 250 KB; less, for what Slack adds itself. */
  bytes: 240_000,
  /** Title, and the texts of the two buttons. */
  title: 24,
  privateMetadata: 3_000,
  label: 2_000,
  /** Choices of one menu. */
  options: 100,
  /** Text and value of one choice alike; the documentation says 150 of the value in another place. */
  option: 75,
  /** What somebody can type into one field. */
  input: 3_000,
} as const;
