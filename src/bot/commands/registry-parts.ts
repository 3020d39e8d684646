import { RUN_OUTCOMES } from '../../core/runs/run.ts';
import type { ArgumentDefinition, AssignmentsDefinition, OptionDefinition } from './definition.ts';

/** Arguments and options that several verbs have. */
export const RUN = {
  name: 'run',
  kind: 'run_id',
  help: 'Id of the run, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

/** A run, or a request with all its runs. */
const RUN_OR_REQUEST = {
  name: 'run',
  kind: 'run_or_request',
  help: 'Id of a run or of a request with many, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

export const ANY_RUN = { ...RUN_OR_REQUEST, required: false } as const satisfies ArgumentDefinition;

export const UNFINISHED_RUN = {
  ...RUN_OR_REQUEST,
  states: ['queued', 'active'],
  othersTake: 'admin',
} as const satisfies ArgumentDefinition;

export const FINISHED_RUN = { ...RUN_OR_REQUEST, states: RUN_OUTCOMES } as const satisfies ArgumentDefinition;

export const DONE_RUN = { ...RUN, states: ['done'] } as const satisfies ArgumentDefinition;

export const PROMPT = {
  name: 'prompt',
  kind: 'prompt_id',
  help: 'Id or name of the prompt, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

export const PROMPT_OR_RUN = {
  name: 'id',
  kind: 'prompt_or_run',
  help: 'Id of a prompt or a run, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

export const MODEL = {
  name: 'model',
  type: 'text',
  holds: 'model',
  help: 'Model to run; else the first that fits',
  essential: false,
} as const satisfies OptionDefinition;

export const DRY_RUN = {
  name: 'dry-run',
  type: 'flag',
  help: 'Show what would be sent to the host, send nothing',
  essential: false,
} as const satisfies OptionDefinition;

export const ANY_ID = {
  name: 'id',
  kind: 'any_id',
  help: 'Id of a prompt, a run or a request, or its beginning',
  required: true,
} as const satisfies ArgumentDefinition;

export const JSON_OUTPUT = {
  name: 'json',
  type: 'flag',
  help: 'Print JSON',
  essential: false,
  commandLineOnly: true,
} as const satisfies OptionDefinition;

export const WAIT = {
  name: 'wait',
  type: 'flag',
  help: 'Follow the run to its end; works the queue itself where no bot is running',
  essential: false,
  commandLineOnly: true,
} as const satisfies OptionDefinition;

export const DRAFT = {
  name: 'draft',
  type: 'flag',
  help: 'A quick look, as the model says what that is; `promote` makes the full run of it',
  essential: true,
} as const satisfies OptionDefinition;

export const YES = {
  name: 'yes',
  type: 'flag',
  help: 'Queue also very many runs without being asked',
  essential: false,
} as const satisfies OptionDefinition;

export const LIMIT = {
  name: 'limit',
  type: 'number',
  help: 'Most rows to show',
  essential: false,
  minimum: 1,
  maximum: 1000,
} as const satisfies OptionDefinition;

export const PRIORITY = {
  name: 'priority',
  type: 'number',
  help: 'Higher goes first; 0 is usual, and only an admin may go above it',
  essential: false,
  minimum: -100,
  maximum: 100,
  roleAbove: { value: 0, role: 'admin' },
} as const satisfies OptionDefinition;

export const PARAMETERS = {
  holds: 'parameters',
  pattern: 'parameter=value',
  help: 'Parameters of the model: see `models MODEL`',
  required: false,
  divide: 'first',
} as const satisfies AssignmentsDefinition;
