import type { ProfileId } from '../ids.ts';
import type { Role } from '../prompts/prompt.ts';

export type ParameterValue = string | number | boolean;
/** Complete set of values, by parameter name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;
