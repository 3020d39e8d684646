import type { z } from 'zod';
import type { ProfileId } from '../ids.ts';
import type { profileShape } from './profile-shape.ts';

export type ParameterValue = string | number | boolean;
/** Complete set of values, by parameter name; optional ones that nobody set are absent. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** `content` nests without end and is read-only by its own type. */
type DeepReadonly<T> = T extends readonly unknown[] | object
  ? { readonly [K in keyof T]: K extends 'content' ? T[K] : DeepReadonly<T[K]> }
  : T;

type ProfileData = DeepReadonly<z.output<typeof profileShape>>;

/**
 * One model as data: a validated `config/models/*.toml` with its defaults filled in and the configuration's
 * overrides merged. The keys are those of the file. Its JSON is what is stored with each run.
 */
export interface Profile extends Omit<ProfileData, 'id'> {
  readonly id: ProfileId;
}

export type Parameter = Profile['parameters'][string];
export type Control = Profile['controls'][string];
export type SpecFile = Profile['files'][string];
export type SpecContent = SpecFile['content'];
export type FailureSignature = Profile['failures'][number];
export type DeclaredOutput = Profile['success']['outputs'][number];
export type BatchRule = NonNullable<Profile['batch']>;
