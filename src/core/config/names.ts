import { z } from 'zod';

const NAME = /^[a-z0-9][a-z0-9-]*$/;
/** Names become parts of directory names and of labels. */
const LONGEST_NAME = 40;

/** Name of a host or a lane. */
export const nameSchema = z.string().max(LONGEST_NAME).regex(NAME);

/** Id of a model profile, such as `transfer2.5`. */
export const profileIdSchema = z
  .string()
  .max(LONGEST_NAME)
  .regex(/^[a-z0-9][a-z0-9._-]*$/);

/** A path that a person wrote; no operating system takes a NUL in one. */
export const pathSchema = z.string().min(1).refine(hasNoNul);

/** One word of a command. */
export const commandWordSchema = z.string().min(1).refine(hasNoNul);

export function hasNoNul(text: string): boolean {
  return !text.includes('\0');
}
