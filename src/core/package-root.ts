import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this package, wherever the build has put this file in it. */
export const PACKAGE_ROOT: string = dirname(findPackageJSON(import.meta.url) ?? '.');
