import type { Config } from '../core/config/config.ts';
import { processEnvironment } from '../core/config/environment.ts';
import { PACKAGE_ROOT } from '../core/package-root.ts';
import type { KnownPath } from './chat/path-mask.ts';

/** The folders of the operator that this installation knows, under the names of their settings. */
export function knownPaths({ hosts, dataDirectory, directory }: Config): readonly KnownPath[] {
  const { HOME } = processEnvironment();
  return [
    ...hosts.map(({ workDirectory }) => ({ path: workDirectory, word: 'work_dir' })),
    { path: dataDirectory, word: 'data_dir' },
    { path: directory, word: 'config' },
    { path: PACKAGE_ROOT, word: 'cosmos-bot' },
    ...(HOME === undefined ? [] : [{ path: HOME, word: '~' }]),
  ];
}
