import { fileURLToPath } from 'node:url';

/** The command line as it is built and shipped: what `npx cosmos` runs. */
export const LAUNCHER = fileURLToPath(new URL('../../dist/bot/launcher.js', import.meta.url));
