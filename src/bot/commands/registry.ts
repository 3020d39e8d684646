import { RUN_STATES } from '../../core/runs/run.ts';
import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './definition.ts';

const RUN = {
  name: 'run',
  kind: 'run_id',
  help: 'Id of the run, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

const PROMPT = {
  name: 'prompt',
  kind: 'prompt_id',
  help: 'Id of the prompt or its beginning, or its name',
  required: true,
} as const satisfies ArgumentDefinition;

export const JSON_OUTPUT = {
  name: 'json',
  type: 'flag',
  help: 'Print JSON',
  essential: false,
  commandLineOnly: true,
} as const satisfies OptionDefinition;

const WAIT = {
  name: 'wait',
  type: 'flag',
  help: 'Follow the run to its end; works the queue itself where no bot is running',
  essential: false,
  commandLineOnly: true,
} as const satisfies OptionDefinition;

const LIMIT = {
  name: 'limit',
  type: 'number',
  help: 'Most rows to show',
  essential: false,
  minimum: 1,
  maximum: 1000,
} as const satisfies OptionDefinition;

/** Every verb; the order is the order of the help. */
export const COMMANDS = {
  create: {
    aliases: ['new'],
    summary: 'Make a prompt from a text and files',
    arguments: [
      { name: 'what', kind: 'choice', help: 'What to make', required: true, choices: ['prompt'] },
      { name: 'text', kind: 'text', help: 'What the video shall show, in quotes', required: true },
      {
        name: 'files',
        kind: 'path',
        help: 'Videos, pictures or sound; names such as street_depth.mp4 tell their role',
        required: false,
        variadic: true,
      },
    ],
    options: [
      { name: 'negative', type: 'text', help: 'What the video shall not show', essential: false },
      {
        name: 'name',
        type: 'text',
        help: 'Name of the prompt; else it is made from the text',
        essential: false,
      },
      JSON_OUTPUT,
    ],
    examples: ['create prompt "A rainy neon street at night, cinematic" street.mp4 street_depth.mp4'],
    role: 'operator',
  },
  inference: {
    aliases: ['run'],
    summary: 'Queue a run of a prompt',
    arguments: [PROMPT],
    options: [
      { name: 'model', type: 'text', help: 'Model to run; else the first that fits', essential: true },
      {
        name: 'dry-run',
        type: 'flag',
        help: 'Show what would be sent to the host, send nothing',
        essential: false,
      },
      {
        name: 'priority',
        type: 'number',
        help: 'Higher goes first; 0 is usual, and only an admin may go above it',
        essential: false,
        minimum: -100,
        maximum: 100,
        roleAbove: { value: 0, role: 'admin' },
      },
      WAIT,
      JSON_OUTPUT,
    ],
    assignments: {
      pattern: 'parameter=value',
      help: 'Parameters of the model: see `models MODEL`',
      required: false,
      divide: 'first',
    },
    examples: [
      'inference ps_7k2m9x4d',
      'inference ps_7k2m9x4d edge=0.8 vis=0.2 canny_threshold=low',
      'inference ps_7k2m9x4d --model preview --dry-run',
    ],
    role: 'operator',
  },
  list: {
    aliases: ['ls'],
    summary: 'List prompts or runs, newest first',
    arguments: [
      { name: 'what', kind: 'choice', help: 'What to list', required: true, choices: ['prompts', 'runs'] },
    ],
    options: [
      LIMIT,
      {
        name: 'status',
        type: 'choice',
        help: 'Only runs in this state',
        essential: false,
        choices: RUN_STATES,
      },
      { name: 'prompt', type: 'text', help: 'Only runs of this prompt', essential: false },
      { name: 'mine', type: 'flag', help: 'Only your own', essential: false },
      JSON_OUTPUT,
    ],
    examples: ['list prompts', 'list runs --status failed --limit 5', 'list runs --mine'],
    role: 'viewer',
  },
  show: {
    aliases: [],
    summary: 'Show one prompt or run with all that is known of it',
    arguments: [
      { name: 'id', kind: 'text', help: 'Id of a prompt or a run, or its beginning', required: true },
    ],
    options: [JSON_OUTPUT],
    examples: ['show ps_7k2m9x4d', 'show rs_3fq8w1zz'],
    role: 'viewer',
  },
  search: {
    aliases: ['find'],
    summary: 'Find prompts by words of their text or name',
    arguments: [{ name: 'text', kind: 'text', help: 'Words to look for', required: true, variadic: true }],
    options: [LIMIT, JSON_OUTPUT],
    examples: ['search neon street'],
    role: 'viewer',
  },
  status: {
    aliases: ['gpu'],
    summary: 'Show the hosts and their GPUs, what runs on them and what comes next',
    arguments: [],
    options: [JSON_OUTPUT],
    examples: ['status'],
    role: 'viewer',
  },
  queue: {
    aliases: [],
    summary: 'Show the queue, or pause and resume it',
    arguments: [
      {
        name: 'action',
        kind: 'choice',
        help: 'list (usual), pause or resume',
        required: false,
        choices: ['list', 'pause', 'resume'],
      },
    ],
    options: [JSON_OUTPUT],
    examples: ['queue', 'queue pause', 'queue resume'],
    role: 'viewer',
    roleOfChoice: { pause: 'admin', resume: 'admin' },
  },
  logs: {
    aliases: ['log'],
    summary: "Show the last lines of a run's log",
    arguments: [RUN],
    options: [
      {
        name: 'tail',
        type: 'number',
        help: 'How many lines, 40 if not said',
        essential: false,
        minimum: 1,
        maximum: 10_000,
      },
      {
        name: 'follow',
        type: 'flag',
        help: 'Go on printing until the run ends',
        essential: false,
        commandLineOnly: true,
      },
    ],
    examples: ['logs rs_3fq8w1zz', 'logs rs_3fq8w1zz --tail 100'],
    role: 'viewer',
  },
  cancel: {
    aliases: ['stop'],
    summary: 'Cancel a run that waits or runs; only an admin cancels the runs of others',
    arguments: [RUN],
    options: [JSON_OUTPUT],
    examples: ['cancel rs_3fq8w1zz'],
    role: 'operator',
  },
  rate: {
    aliases: [],
    summary: 'Rate the result of a run, from 1 (poor) to 5 (great)',
    arguments: [
      RUN,
      { name: 'rating', kind: 'number', help: '1 to 5', required: true, minimum: 1, maximum: 5 },
    ],
    options: [JSON_OUTPUT],
    examples: ['rate rs_3fq8w1zz 5'],
    role: 'operator',
  },
  retry: {
    aliases: ['again'],
    summary: 'Queue a finished run again with the same inputs and parameters',
    arguments: [RUN],
    options: [WAIT, JSON_OUTPUT],
    examples: ['retry rs_3fq8w1zz'],
    role: 'operator',
  },
  models: {
    aliases: ['model'],
    summary: 'List the models, or show one with its parameters',
    arguments: [{ name: 'model', kind: 'text', help: 'Name of a model', required: false }],
    options: [JSON_OUTPUT],
    examples: ['models', 'models preview'],
    role: 'viewer',
  },
  roles: {
    aliases: ['role'],
    summary: 'Change what a file of a prompt is used as',
    arguments: [PROMPT],
    options: [JSON_OUTPUT],
    assignments: { pattern: 'file=role', help: 'File name and its new role', required: true, divide: 'last' },
    examples: ['roles ps_7k2m9x4d clip2.mp4=depth'],
    role: 'operator',
  },
  help: {
    aliases: ['?'],
    summary: 'Explain the commands, or one of them',
    arguments: [{ name: 'command', kind: 'text', help: 'Name of a command', required: false }],
    options: [],
    examples: ['help', 'help inference'],
    role: 'viewer',
  },
} as const satisfies Record<string, CommandDefinition>;

/** Name of a verb, aliases excluded. */
export type CommandVerb = keyof typeof COMMANDS;
