import type { Random } from './ports/random.ts';

declare const brand: unique symbol;

/** A value of type T that cannot be mistaken for another T: `Branded<string, 'RunId'>`. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type PromptId = Branded<string, 'PromptId'>;
export type RunId = Branded<string, 'RunId'>;
export type RequestId = Branded<string, 'RequestId'>;
export type JobId = Branded<string, 'JobId'>;
/** `<job>-a<n>`: the name of the attempt's directory, container and label on the host. */
export type AttemptId = Branded<string, 'AttemptId'>;
export type PrincipalId = Branded<string, 'PrincipalId'>;
export type TenantId = Branded<string, 'TenantId'>;
export type ThreadId = Branded<string, 'ThreadId'>;
export type DeliveryId = Branded<string, 'DeliveryId'>;
/** One bot installation; marks everything that it leaves on a host. */
export type InstanceId = Branded<string, 'InstanceId'>;
/** Random id that a host keeps in its work_dir; another id means a wiped or replaced host. */
export type HostId = Branded<string, 'HostId'>;
/** Lower-case hexadecimal SHA-256 of a file's content. */
export type Sha256 = Branded<string, 'Sha256'>;
/** Name of a `[[hosts]]` entry. */
export type HostName = Branded<string, 'HostName'>;
/** `<host>/<lane>`, unique within a configuration. */
export type LaneName = Branded<string, 'LaneName'>;
export type ProfileId = Branded<string, 'ProfileId'>;

interface IdKinds {
  ps: PromptId;
  rs: RunId;
  rq: RequestId;
  jb: JobId;
  pr: PrincipalId;
  tn: TenantId;
  th: ThreadId;
  dl: DeliveryId;
  in: InstanceId;
  ho: HostId;
}

/** The prefix of an id tells its kind: `ps` prompt, `rs` run, `rq` request, … */
export type IdPrefix = keyof IdKinds;

/** Crockford's base32 alphabet in lower case: no i, l, o, u, so that ids can be read aloud and retyped. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_CHARACTERS = 8;

/** Makes an id such as `rs_3fq8w1zz` (40 random bits). The store makes it again when it is taken. */
export function newId<P extends IdPrefix>(prefix: P, random: Random): IdKinds[P] {
  let characters = '';
  for (const byte of random.bytes(ID_CHARACTERS)) characters += ALPHABET[byte % ALPHABET.length];
  return `${prefix}_${characters}` as IdKinds[P];
}

const PREFIXES = [
  'ps',
  'rs',
  'rq',
  'jb',
  'pr',
  'tn',
  'th',
  'dl',
  'in',
  'ho',
] as const satisfies readonly IdPrefix[];
const ID_LIKE = new RegExp(`^(${PREFIXES.join('|')})([_-]|$)`);

/** True for what begins as an id does, complete or not: no name may. */
export function isIdLike(text: string): boolean {
  return ID_LIKE.test(text);
}

/** The attempt `n` (from 1) of a job. */
export function attemptId(job: JobId, n: number): AttemptId {
  return `${job}-a${n}` as AttemptId;
}

/** The lane `lane` of the host `host`. */
export function laneName(host: HostName, lane: string): LaneName {
  return `${host}/${lane}` as LaneName;
}
