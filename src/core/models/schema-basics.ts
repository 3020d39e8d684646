import { z } from 'zod';
import { ROLES, type Role } from '../prompts/prompt.ts';

/** A key that people type: `num_steps`, `canny_threshold`. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'must be lower case letters, digits and _, beginning with a letter');

/** Id of a profile: also its file name, without `.toml`. */
export const profileId = z
  .string()
  .max(40)
  .regex(
    /^[a-z][a-z0-9._-]*$/,
    'must be lower case letters, digits, "." "_" and "-", beginning with a letter',
  );

export const role = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);

/** Where a value goes in a JSON object: `edge.control_weight` is the key `control_weight` of the object `edge`. */
export const dottedKey = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be keys joined by "."');

/** A word or a sentence that people read. */
export const words = z.string().trim().min(1).max(500);

export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
  .refine((variable) => !variable.startsWith('COSMOS_BOT_'), 'COSMOS_BOT_… variables are the bot’s own');

export const wholeNumber = z.number().int();
export const count = wholeNumber.min(1);

/** A JavaScript regular expression, tried on one line of the log at a time. */
export const pattern = z.string().min(1).refine(compiles, 'must be a JavaScript regular expression');

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
