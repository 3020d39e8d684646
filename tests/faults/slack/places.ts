import { trouble } from '../../fakes/slack/injections.ts';
import type { JsonObject } from '../../fakes/slack/json.ts';
import { isPrompt, isResult, type Session } from './session.ts';
import type { Traces } from './traces.ts';

/** The steps of a session, in their order. */
export const STEPS = ['uploaded', 'prompt_shown', 'asked', 'running', 'released'] as const;

export type Step = (typeof STEPS)[number];

/** Where a bot is killed. */
export interface KillPlace {
  readonly name: string;
  readonly on: 'this machine' | 'ssh and docker';
  readonly asks: 'command' | 'button';
  /** The last step before it. */
  readonly after: Step;
  /** Makes sure that nothing goes on beyond it; what it returns resolves once it is reached. */
  readonly hold: (session: Session) => Promise<unknown>;
  /** What it leaves behind: nothing else proves that it came so far, and no further. */
  readonly leaves: Partial<Traces>;
  /** How long the bot is away; not at all unless told otherwise. */
  readonly awayMs?: number;
}

/** Slack has so much time to show what it was asked for with unknown outcome; then it is sent again. */
const PAST_ALL_LATE_EFFECTS_MS = 130_000;
/** Half of the upload, which is filled up to twice as much. */
const HALF_UPLOAD_BYTES = 4 * 1024 * 1024;
export const UPLOAD_BYTES = 2 * HALF_UPLOAD_BYTES;

const isVideo = (args: JsonObject): boolean => /\.mp4"?/.test(JSON.stringify(args));

export const KILL_PLACES: readonly KillPlace[] = [
  {
    name: 'after the upload event was delivered, before its acknowledgement',
    on: 'this machine',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ slack, bot }) => {
      bot.freeze();
      await slack.until(() => slack.deliveries.of({ type: 'message' })[0]?.attempts[0]?.connection);
    },
    leaves: { events: 0, prompts: 0 },
  },
  {
    name: 'after the row of the upload, before its handling',
    on: 'this machine',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ slack }) => {
      slack.sockets.trouble('lose_ack', { kind: 'events_api' });
      await slack.injections.inject('users.info', trouble.slow()).hit();
    },
    leaves: { events: 1, prompts: 0, isDownloading: false },
  },
  {
    name: 'while the file is downloaded',
    on: 'this machine',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ slack, place }) => {
      await slack.injections.inject('download', trouble.slow('midway')).hit();
      await place.untilIncoming();
    },
    leaves: { events: 1, prompts: 0, isDownloading: true },
  },
  {
    name: 'after the prompt card was sent, before that was recorded',
    on: 'this machine',
    asks: 'command',
    after: 'uploaded',
    hold: async (session) => {
      session.slack.injections.inject('chat.postMessage', trouble.slow('after'));
      await session.slack.until(() => session.written.some(isPrompt));
    },
    leaves: { events: 0, prompts: 1, unknown: ['prompt'] },
  },
  {
    name: 'after the acknowledgement of the command',
    on: 'this machine',
    asks: 'command',
    after: 'asked',
    hold: async () => undefined,
    leaves: { prompts: 1 },
  },
  {
    name: 'while the video is uploaded to the host',
    on: 'ssh and docker',
    asks: 'button',
    after: 'asked',
    hold: async ({ place }) => await place.link?.heldAfter(HALF_UPLOAD_BYTES),
    leaves: { runs: 1, isUploading: true, starts: 0 },
  },
  {
    name: 'while the model runs',
    on: 'ssh and docker',
    asks: 'button',
    after: 'running',
    hold: async () => undefined,
    leaves: { starts: 1, unknown: [] },
  },
  {
    name: 'after the address for the result was given, before its bytes',
    on: 'this machine',
    asks: 'command',
    after: 'released',
    hold: async ({ slack }) =>
      await slack.injections.inject('upload', trouble.slow(), { when: isVideo }).hit(),
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
    leaves: { starts: 1, unknown: ['result'], videos: ['announced'] },
  },
  {
    name: 'after the bytes of the result, before they are a file',
    on: 'this machine',
    asks: 'button',
    after: 'released',
    hold: async ({ slack }) =>
      await slack.injections.inject('files.completeUploadExternal', trouble.slow(), { when: isVideo }).hit(),
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
    leaves: { starts: 1, unknown: ['result'], videos: ['sent'] },
  },
  {
    name: 'after the result was shown, before that was recorded',
    on: 'ssh and docker',
    asks: 'command',
    after: 'released',
    hold: async (session) => {
      const { injections } = session.slack;
      injections.inject('files.completeUploadExternal', trouble.slow('after'), { when: isVideo });
      await session.slack.until(() => session.written.some(isResult));
    },
    leaves: { starts: 1, unknown: ['result'], videos: ['completed'] },
  },
];
