import { trouble } from '../../fakes/slack/injections.ts';
import type { JsonObject } from '../../fakes/slack/json.ts';
import { isPrompt, isResult } from '../chat/chat-world.ts';
import { HOST_PLACES, type KillPlace, PAST_ALL_LATE_EFFECTS_MS } from '../chat/kill-place.ts';
import type { SlackWorld } from './slack-world.ts';

const isVideo = (args: JsonObject): boolean => /\.mp4"?/.test(JSON.stringify(args));

export const KILL_PLACES: readonly KillPlace<SlackWorld>[] = [
  {
    name: 'after the upload event was delivered, before its acknowledgement',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ world: { slack }, bot }) => {
      bot.freeze();
      await slack.until(() => slack.deliveries.of({ type: 'message' })[0]?.attempts[0]?.connection);
    },
    leaves: { events: 0, prompts: 0 },
  },
  {
    name: 'after the row of the upload, before its handling',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ world: { slack } }) => {
      slack.sockets.trouble('lose_ack', { kind: 'events_api' });
      await slack.injections.inject('users.info', trouble.slow()).hit();
    },
    leaves: { events: 1, prompts: 0, isDownloading: false },
  },
  {
    name: 'while the file is downloaded',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ world: { slack }, place }) => {
      await slack.injections.inject('download', trouble.slow('midway')).hit();
      await place.untilIncoming();
    },
    leaves: { events: 1, prompts: 0, isDownloading: true },
  },
  {
    name: 'after the prompt card was sent, before that was recorded',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ world }) => {
      world.slack.injections.inject('chat.postMessage', trouble.slow('after'));
      await world.until(() => world.written.some(isPrompt));
    },
    leaves: { events: 0, prompts: 1, unknown: ['prompt'] },
  },
  {
    name: 'after the acknowledgement of the command',
    asks: 'command',
    after: 'asked',
    hold: async () => undefined,
    leaves: { prompts: 1 },
  },
  ...HOST_PLACES,
  {
    name: 'after the address for the result was given, before its bytes',
    asks: 'command',
    after: 'released',
    hold: async ({ world: { slack } }) =>
      await slack.injections.inject('upload', trouble.slow(), { when: isVideo }).hit(),
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
    leaves: { starts: 1, unknown: ['result'], videos: ['announced'] },
  },
  {
    name: 'after the bytes of the result, before they are a file',
    asks: 'button',
    after: 'released',
    hold: async ({ world: { slack } }) =>
      await slack.injections.inject('files.completeUploadExternal', trouble.slow(), { when: isVideo }).hit(),
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
    leaves: { starts: 1, unknown: ['result'], videos: ['sent'] },
  },
  {
    name: 'after the result was shown, before that was recorded',
    asks: 'command',
    after: 'released',
    hold: async ({ world }) => {
      const { injections } = world.slack;
      injections.inject('files.completeUploadExternal', trouble.slow('after'), { when: isVideo });
      await world.until(() => world.written.some(isResult));
    },
    leaves: { starts: 1, unknown: ['result'], videos: ['completed'] },
  },
];
