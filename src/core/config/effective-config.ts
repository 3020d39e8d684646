import { stringify } from 'smol-toml';
import type { Config } from './config.ts';
import { HIDDEN, isSecretKey } from './without-secrets.ts';

/**
 * The whole configuration as it holds now, as a TOML file that can be loaded: defaults filled in, paths absolute,
 * secrets hidden. Comments at the top say where it came from and which values a variable has set.
 */
export function effectiveConfig(config: Config): string {
  const { settings } = config;
  const table = {
    ...settings,
    data_dir: config.dataDirectory,
    ...(config.modelsDirectory !== undefined && { models_directory: config.modelsDirectory }),
    hosts: settings.hosts.map((host, index) => ({ ...host, work_dir: config.hosts[index]?.workDirectory })),
  };
  const origin =
    config.source.kind === 'file' ? [`# ${commentSafe(config.source.path)}`] : ['# embedded default'];
  const overrides = config.overrides.map(({ key, variable }) => `# ${key} = $${variable}`);
  return `${[...origin, ...overrides].join('\n')}\n\n${stringify(hideSecrets(table, false))}\n`;
}

function hideSecrets(value: unknown, secret: boolean): unknown {
  if (Array.isArray(value)) return value.map((entry) => hideSecrets(entry, secret));
  if (value instanceof Date) return value;
  if (typeof value === 'object' && value !== null) {
    if (secret && isReference(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, hideSecrets(child, secret || isSecretKey(key))]),
    );
  }
  return secret && typeof value === 'string' ? HIDDEN : value;
}

/** `{ env = "NAME" }` or `{ file = "path" }`: says where a secret is, not what. */
function isReference(value: object): boolean {
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && (key === 'env' || key === 'file');
}

/** A path may hold a line end, which would end the comment. */
function commentSafe(text: string): string {
  return JSON.stringify(text);
}
