import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of this package, wherever the build has put this file in it. */
export const PACKAGE_ROOT: string = dirname(findPackageJSON(import.meta.url) ?? '.');

/** Version of this package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  return String(version);
}
