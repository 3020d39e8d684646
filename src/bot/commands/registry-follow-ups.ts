import type { CommandDefinition } from './definition.ts';
import {
  DONE_RUN,
  JSON_OUTPUT,
  MODEL,
  PARAMETERS,
  PRIORITY,
  PROMPT,
  PROMPT_OR_RUN,
  WAIT,
} from './registry-parts.ts';

/** Verbs that go on with a prompt or with the result of a run. */
export const FOLLOW_UP_COMMANDS = {
  upscale: {
    aliases: [],
    summary: 'Make the result of a run, or the video of a prompt, larger',
    arguments: [PROMPT_OR_RUN],
    options: [
      {
        name: 'text',
        type: 'text',
        multiline: true,
        help: 'What the video shows, to guide it; not needed',
        essential: true,
      },
      { ...MODEL, help: 'Model that does it; else the one of the same family' },
      PRIORITY,
      WAIT,
      JSON_OUTPUT,
    ],
    assignments: PARAMETERS,
    task: 'upscale',
    examples: ['upscale rs_3fq8w1zz', 'upscale ps_7k2m9x4d --text "A rainy street, every drop sharp"'],
    role: 'operator',
  },
  enhance: {
    aliases: [],
    summary: 'Make a new prompt with a better text, found by a model that sees the video',
    arguments: [PROMPT],
    options: [
      { ...MODEL, help: 'Model that does it; else the first that does' },
      PRIORITY,
      WAIT,
      JSON_OUTPUT,
    ],
    assignments: PARAMETERS,
    task: 'enhance',
    examples: ['enhance ps_7k2m9x4d'],
    role: 'operator',
  },
  preview: {
    aliases: [],
    summary: 'Show what a model will be conditioned on, before it takes GPU time',
    arguments: [PROMPT_OR_RUN],
    options: [
      { ...MODEL, help: 'Model whose settings are shown; else the first that fits' },
      PRIORITY,
      WAIT,
      JSON_OUTPUT,
    ],
    assignments: PARAMETERS,
    examples: ['preview ps_7k2m9x4d', 'preview ps_7k2m9x4d edge=0.8 depth=0.3', 'preview rs_3fq8w1zz'],
    role: 'operator',
  },
  fit: {
    aliases: [],
    summary: 'Say which models take the files of a prompt, and mend what does not fit',
    arguments: [PROMPT],
    options: [
      { ...MODEL, help: 'Only this model' },
      {
        name: 'change',
        type: 'flag',
        help: 'Convert, cut or shrink the files so that the model takes them; what they were is kept',
        essential: true,
      },
      { name: 'undo', type: 'flag', help: 'Put back what the files were', essential: true },
      JSON_OUTPUT,
    ],
    examples: ['fit ps_7k2m9x4d', 'fit ps_7k2m9x4d --model preview --change', 'fit ps_7k2m9x4d --undo'],
    role: 'operator',
  },
  reproduce: {
    aliases: [],
    summary: 'Run a finished run again exactly as it was, and say what differs',
    arguments: [DONE_RUN],
    options: [PRIORITY, WAIT, JSON_OUTPUT],
    examples: ['reproduce rs_3fq8w1zz'],
    role: 'operator',
  },
} as const satisfies Record<string, CommandDefinition>;
