import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { type Checked, invalid, valid } from '../errors.ts';
import { Secret } from '../ports/secret.ts';
import { systemCode } from '../system-code.ts';
import type { Environment } from './environment.ts';

/** Upper case only, so that a token that was put here by mistake is refused instead of looked up and shown. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

const secretShapes = z.registry<{ readonly secret: true }>();

/** A secret is never written into a file: this says where it is. Fails as `config.secret_inline` on a plain text. */
export const secretSchema = z
  .union([
    z.strictObject({ env: z.string().regex(VARIABLE).describe('Variable that holds the secret.') }),
    z.strictObject({
      file: z
        .string()
        .min(1)
        .refine((path) => !path.includes('\0'))
        .describe('File that holds the secret and nothing else.'),
    }),
  ])
  .register(secretShapes, { secret: true });

export type SecretReference = z.output<typeof secretSchema>;

/** True for `secretSchema` and what was derived from it, such as a described one. */
export function isSecretSchema(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && secretShapes.get(schema) !== undefined;
}

export interface SecretSources {
  readonly environment: Environment;
  /** What a relative file is relative to: `Config.directory`. */
  readonly directory: string;
  /** Content of a text file; throws where it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** Looks a secret up where this bot finds its own: `resolveSecret` with its sources. */
export type SecretLookup = (reference: SecretReference) => Checked<Secret>;

/**
 * Looks a secret up. Called by what needs it and only then: a missing secret never stops another command.
 * Problem: `config.secret_missing`, also for an empty one. A line end at the end of a file is not part of the secret.
 */
export function resolveSecret(reference: SecretReference, sources: SecretSources): Checked<Secret> {
  if ('env' in reference) {
    const value = sources.environment[reference.env];
    if (value === undefined || value === '')
      return invalid('config.secret_missing', { variable: reference.env });
    return valid(new Secret(value));
  }
  const path = isAbsolute(reference.file) ? reference.file : resolve(sources.directory, reference.file);
  try {
    const value = sources.readFile(path).replace(/\r?\n$/, '');
    return value === '' ? invalid('config.secret_missing', { file: path }) : valid(new Secret(value));
  } catch (cause) {
    return invalid('config.secret_missing', { file: path, detail: systemCode(cause) ?? 'unknown' });
  }
}
