import { videoRoles } from '../../core/sequences/sequence-names.ts';
import type { CommandDefinition, OptionDefinition } from '../commands/definition.ts';
import type { ShellVerb } from '../commands/global-options.ts';
import { COMMANDS } from '../commands/registry.ts';
import { JSON_OUTPUT, PROMPT } from '../commands/registry-parts.ts';

const FPS = {
  name: 'fps',
  type: 'frame_rate',
  help: 'Frames per second of videos that are made of pictures, such as 25, 23.976 or 24000/1001; 24 where neither this nor the name (render_30fps) says it',
  essential: true,
} as const satisfies OptionDefinition;

/** Verbs that only the command line has, before those of every chat. */
export const CLI_COMMANDS = {
  start: {
    aliases: [],
    summary: 'Run the bot, with a chat in this terminal where no other is configured',
    arguments: [],
    options: [],
    examples: ['start', 'start --config studio.toml'],
    role: 'operator',
  },
  demo: {
    aliases: [],
    summary: 'Play the whole way once, from a video to the finished one',
    arguments: [
      { name: 'clip', kind: 'path', help: 'Your own video; else a sample is made', required: false },
    ],
    options: [{ name: 'prompt', type: 'text', help: 'What the video shall show', essential: true }],
    assignments: {
      pattern: '--set parameter=value',
      help: 'Parameters of the model, such as --set edge=0.8',
      required: false,
      divide: 'first',
    },
    examples: ['demo', 'demo clip.mp4 --prompt "A rainy neon street" --set edge=0.8'],
    role: 'operator',
  },
  prepare: {
    aliases: [],
    summary: 'Make a prompt of numbered pictures: a video of each kind',
    arguments: [
      {
        name: 'pictures',
        kind: 'path',
        help: 'Folder or ZIP archive with color.0001.png, depth.0001.png and so on, or a folder for each kind',
        required: true,
      },
      {
        name: 'text',
        kind: 'text',
        help: 'What the video shall show, in quotes; not needed with --prompt',
        required: false,
      },
    ],
    options: [
      FPS,
      {
        name: 'prompt',
        type: 'text',
        holds: 'prompt_id',
        help: 'Add the videos to this prompt',
        essential: true,
      },
      {
        name: 'as',
        type: 'choice',
        help: 'What the pictures show, where they are a single series; else their names tell it',
        essential: false,
        choices: videoRoles(),
      },
      { name: 'name', type: 'text', help: 'Name of the new prompt', essential: false },
      {
        name: 'dry-run',
        type: 'flag',
        help: 'Only say what would be made, and what the videos would not keep of the pictures',
        essential: false,
      },
      JSON_OUTPUT,
    ],
    examples: [
      'prepare render "A rainy neon street at night"',
      'prepare render.zip "A rainy neon street at night" --fps 23.976',
      'prepare beauty "A rainy neon street at night" --as color',
      'prepare masks --prompt ps_7k2m9x4d',
      'prepare render --dry-run',
    ],
    role: 'operator',
  },
  add: {
    aliases: [],
    summary: 'Add files to a prompt; in a chat they are sent into its thread',
    arguments: [
      PROMPT,
      {
        name: 'files',
        kind: 'path',
        help: 'Videos, pictures or sound, or numbered pictures; names such as street_depth.mp4 tell their role',
        required: true,
        variadic: true,
      },
    ],
    options: [FPS, JSON_OUTPUT],
    examples: ['add ps_7k2m9x4d street_depth.mp4', 'add rainy_neon_street street_seg.mp4 masks.zip'],
    role: 'operator',
  },
  config: {
    aliases: [],
    summary: 'Check the configuration and print what is in effect',
    arguments: [
      { name: 'action', kind: 'choice', help: 'What to do with it', required: true, choices: ['check'] },
    ],
    options: [
      {
        name: 'online',
        type: 'flag',
        help: 'Ask the configured chats too: tokens, scopes, channels; posts nothing',
        essential: false,
      },
    ],
    examples: ['config check', 'config check --online', 'config check --config studio.toml'],
    role: 'viewer',
  },
  host: {
    aliases: [],
    summary: 'Check a host from end to end, pin the key of its SSH server, or give a lost one up',
    arguments: [
      {
        name: 'action',
        kind: 'choice',
        help: 'What to do with it',
        required: true,
        choices: ['check', 'trust', 'fence'],
      },
      { name: 'name', kind: 'text', help: 'Its name in the configuration', required: true },
    ],
    options: [
      {
        name: 'yes',
        type: 'flag',
        help: 'Do it without asking: for `trust` and `fence`',
        essential: false,
      },
      {
        name: 'force',
        type: 'flag',
        help: 'Give up a host although it answers: for `fence`',
        essential: false,
      },
      JSON_OUTPUT,
    ],
    examples: ['host check gpu1', 'host trust gpu1', 'host fence gpu1', 'host check gpu1 --json'],
    role: 'admin',
  },
  ...COMMANDS,
} as const satisfies Record<ShellVerb, CommandDefinition> & Record<string, CommandDefinition>;

export type CliVerb = keyof typeof CLI_COMMANDS;
