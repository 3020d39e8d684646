import type { ErrorCode, Problem } from '../../core/errors.ts';
import { COMMAND_WORDING } from './command-wording.ts';
import { CONFIG_WORDING } from './config-wording.ts';
import { FILE_WORDING } from './file-wording.ts';
import { FIT_WORDING } from './fit-wording.ts';
import { FOLLOW_UP_WORDING } from './follow-up-wording.ts';
import { HOST_WORDING } from './host-wording.ts';
import { MODEL_WORDING } from './model-wording.ts';
import { PARAMETER_WORDING } from './parameter-wording.ts';
import { QUEUE_WORDING } from './queue-wording.ts';
import { SEQUENCE_WORDING } from './sequence-wording.ts';
import { SSH_WORDING } from './ssh-wording.ts';
import { type Explanation, Parameters, type Wording } from './wording.ts';

/** The words of every error code; the compiler refuses a code without words. */
export const ERROR_WORDING: Readonly<Record<ErrorCode, Wording>> = {
  ...CONFIG_WORDING,
  ...FILE_WORDING,
  ...SEQUENCE_WORDING,
  ...FIT_WORDING,
  ...COMMAND_WORDING,
  ...PARAMETER_WORDING,
  ...FOLLOW_UP_WORDING,
  ...QUEUE_WORDING,
  ...HOST_WORDING,
  ...SSH_WORDING,
  ...MODEL_WORDING,
};

/**
 * What a person reads of a problem: a sentence and what to do next. Never throws, whatever the parameters hold: a stored
 * problem may be older than this version, and a code that is gone is `internal.unexpected`.
 */
export function explain({ code, parameters }: Problem): Explanation {
  const known = Object.hasOwn(ERROR_WORDING, code) ? code : 'internal.unexpected';
  return ERROR_WORDING[known].say(new Parameters(parameters));
}
