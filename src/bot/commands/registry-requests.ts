import type { CommandDefinition } from './definition.ts';
import {
  DRAFT,
  DRY_RUN,
  JSON_OUTPUT,
  PARAMETERS,
  PRIORITY,
  PROMPT,
  RUN,
  WAIT,
  YES,
} from './registry-parts.ts';

/** The verbs with which one run or many are asked for. */
export const INFERENCE = {
  aliases: ['run'],
  summary: 'Queue a run of a prompt, or many: of several values or prompts',
  arguments: [
    PROMPT,
    {
      name: 'others',
      kind: 'prompt_id',
      help: 'Further prompts, each run with the same parameters',
      required: false,
      variadic: true,
    },
  ],
  options: [
    {
      name: 'model',
      type: 'text',
      holds: 'model',
      help: 'Model to run; else the first that fits',
      essential: true,
    },
    DRAFT,
    DRY_RUN,
    YES,
    PRIORITY,
    WAIT,
    JSON_OUTPUT,
  ],
  assignments: {
    ...PARAMETERS,
    help: 'Parameters of the model (see `models MODEL`); `1..8`, `1..9..2` and `0.2,0.5` ask for a run of each value',
  },
  examples: [
    'inference ps_7k2m9x4d',
    'inference ps_7k2m9x4d edge=0.8 vis=0.2 canny_threshold=low',
    'inference ps_7k2m9x4d seed=1..8 edge=0.2,0.5,0.8 --draft',
    'inference ps_7k2m9x4d ps_2c8h5n3t seed=1..4',
    'inference ps_7k2m9x4d --model preview --dry-run',
  ],
  role: 'operator',
  form: 'parameters',
} as const satisfies CommandDefinition;

export const CONFIRM = {
  aliases: ['yes'],
  summary: 'Queue the runs that were shown and wait for a yes',
  arguments: [
    { name: 'request', kind: 'request_id', help: 'Id under which they were shown', required: true },
  ],
  options: [WAIT, JSON_OUTPUT],
  examples: ['confirm rq_8d2k5m1x'],
  role: 'operator',
} as const satisfies CommandDefinition;

export const PROMOTE = {
  aliases: ['full'],
  summary: 'Queue the full run of a draft: same seed, without what made it a draft',
  arguments: [RUN],
  options: [PRIORITY, WAIT, JSON_OUTPUT],
  assignments: { ...PARAMETERS, help: 'What shall be different from the draft' },
  examples: ['promote rs_3fq8w1zz', 'promote rs_3fq8w1zz num_steps=50'],
  role: 'operator',
} as const satisfies CommandDefinition;

export const RERUN = {
  aliases: ['vary'],
  summary: 'Queue a run again with a new seed, or with what you change',
  arguments: [RUN],
  options: [
    {
      name: 'model',
      type: 'text',
      holds: 'model',
      help: 'Another model, with its own usual parameters',
      essential: false,
    },
    {
      ...DRAFT,
      help: 'As a draft; `--draft=false` makes a full run of one. As the run was where it is not said',
      essential: false,
    },
    YES,
    PRIORITY,
    WAIT,
    JSON_OUTPUT,
  ],
  assignments: {
    ...PARAMETERS,
    help: 'What shall be different, `1..8` and `0.2,0.5` too; `parameter=` puts it back to what is usual',
  },
  examples: ['rerun rs_3fq8w1zz', 'rerun rs_3fq8w1zz seed=9 edge=0.5', 'rerun rs_3fq8w1zz seed=1..4 --draft'],
  role: 'operator',
} as const satisfies CommandDefinition;
