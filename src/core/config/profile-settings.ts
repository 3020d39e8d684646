import type { ProfileId } from '../ids.ts';
import type { Config, HostConfig, ProfileOverrides, ProfileOverridesById } from './config.ts';
import { hostSchema } from './hosts-schema.ts';
import { profileIdSchema } from './names.ts';
import type { SourceText } from './problem-lines.ts';
import { toHost } from './to-config.ts';

/** What of a configuration says which profiles there are, and what is different in them. A `Config` is one of these. */
export interface ProfileSettings {
  readonly written?: SourceText;
  readonly modelsDirectory?: string;
  readonly models: ProfileOverridesById;
  /** In the order of the file, and as many. */
  readonly hosts: readonly HostProfiles[];
}

/** Of a host that the schema refuses, its models alone. */
export type HostProfiles = Pick<HostConfig, 'models' | 'modelOverrides'> &
  Partial<Pick<HostConfig, 'transport' | 'engine' | 'lanes'>> & { readonly name: string };

/** The same of a table that the schema refuses: what is well-formed in it, so that its profiles can be checked. */
export function profileSettings(
  table: Readonly<Record<string, unknown>>,
  origin: Pick<Config, 'written' | 'modelsDirectory' | 'directory' | 'dataDirectory'>,
): ProfileSettings {
  const { written, modelsDirectory } = origin;
  const hosts = Array.isArray(table.hosts) ? table.hosts : [];
  return {
    ...(written !== undefined && { written }),
    ...(modelsDirectory !== undefined && { modelsDirectory }),
    models: overridesOf(table.models),
    hosts: hosts.map((host) => {
      const parsed = hostSchema.safeParse(host);
      return parsed.success ? toHost(parsed.data, origin) : modelsOf(host);
    }),
  };
}

function modelsOf(host: unknown): HostProfiles {
  const { name, models }: Readonly<Record<string, unknown>> = isTable(host) ? host : {};
  const modelOverrides = overridesOf(models);
  const ids = Array.isArray(models) ? models.filter(isProfileId) : Object.keys(modelOverrides).map(asId);
  return { name: typeof name === 'string' ? name : '', models: ids, modelOverrides };
}

function overridesOf(models: unknown): ProfileOverridesById {
  if (!isTable(models)) return {};
  return Object.fromEntries(
    Object.entries(models).filter(
      (entry): entry is [string, ProfileOverrides] => isProfileId(entry[0]) && isTable(entry[1]),
    ),
  );
}

function isProfileId(value: unknown): value is ProfileId {
  return profileIdSchema.safeParse(value).success;
}

function asId(id: string): ProfileId {
  return id as ProfileId;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
