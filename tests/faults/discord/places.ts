import type { CallRecord } from '../../fakes/discord/call-log.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { isPrompt, isResult } from '../chat/chat-world.ts';
import { CLIP_BYTES, HOST_PLACES, type KillPlace, PAST_ALL_LATE_EFFECTS_MS } from '../chat/kill-place.ts';
import { type DiscordWorld, ROUTES } from './discord-world.ts';

const isPromptCard = ({ body }: CallRecord): boolean => /ps_\w+/.test(JSON.stringify(body));
const isVideo = ({ body, files }: CallRecord): boolean =>
  files.some(({ name }) => name.endsWith('.mp4')) || /\.mp4"/.test(JSON.stringify(body ?? ''));

/** No card with its pictures is so large; of the bytes that are under way nothing else is known. */
const isLarge = ({ bytes }: CallRecord): boolean => bytes > CLIP_BYTES;

export const KILL_PLACES: readonly KillPlace<DiscordWorld>[] = [
  {
    name: 'while the gateway resumes, with the upload not yet delivered',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ world: { discord, app } }) => {
      const { gateway } = discord;
      gateway.answersResumes = false;
      gateway.cut(app);
      await discord.until(() => gateway.resumes.length > 0);
    },
    leaves: { events: 0, prompts: 0 },
  },
  {
    name: 'after the thread was made, before that is known',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ world: { discord, channel } }) => {
      discord.injections.inject(ROUTES.thread, trouble.slow('after'));
      await discord.until(() => channel.threads.length > 0);
    },
    leaves: { events: 1, prompts: 0, isDownloading: false },
  },
  {
    name: 'while the file is downloaded',
    asks: 'button',
    after: 'uploaded',
    hold: async ({ world: { discord }, place }) => {
      await discord.injections.inject('GET cdn', trouble.slow('midway')).hit();
      await place.untilIncoming();
    },
    leaves: { events: 1, prompts: 0, isDownloading: true },
  },
  {
    name: 'after the prompt card was meant to be sent, and it never arrives',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ world: { discord } }) =>
      await discord.injections.inject(ROUTES.post, trouble.silence('before'), { when: isPromptCard }).hit(),
    leaves: { events: 0, prompts: 1, unknown: ['prompt'] },
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
  },
  {
    name: 'after the prompt card was sent, before that was recorded',
    asks: 'command',
    after: 'uploaded',
    hold: async ({ world }) => {
      world.discord.injections.inject(ROUTES.post, trouble.slow('after'), { when: isPromptCard });
      await world.until(() => world.written.some(isPrompt));
    },
    leaves: { events: 0, prompts: 1, unknown: ['prompt'] },
  },
  {
    name: 'after the command was saved, before it was answered',
    asks: 'command',
    after: 'asked',
    hold: async ({ world }) => await world.holdAnswer(),
    leaves: { prompts: 1, starts: 0 },
  },
  ...HOST_PLACES,
  {
    name: 'while the result is uploaded',
    asks: 'button',
    after: 'released',
    hold: async ({ world: { discord } }) =>
      await discord.injections.inject(ROUTES.post, trouble.silence('midway'), { when: isLarge }).hit(),
    leaves: { starts: 1, unknown: ['result'], videos: [] },
    awayMs: PAST_ALL_LATE_EFFECTS_MS,
  },
  {
    name: 'after the result was shown, before that was recorded',
    asks: 'command',
    after: 'released',
    hold: async ({ world }) => {
      world.discord.injections.inject(ROUTES.post, trouble.slow('after'), { when: isVideo });
      await world.until(() => world.written.some(isResult));
    },
    leaves: { starts: 1, unknown: ['result'], videos: ['completed'] },
  },
];
