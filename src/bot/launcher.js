#!/usr/bin/env node
// Plain JavaScript that any Node can read: a wrong one gets a sentence instead of a crash in a native library.
const MINIMUM = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < MINIMUM) {
  process.stderr.write(
    `cosmos needs Node ${MINIMUM} or newer; this is ${process.versions.node}. ` +
      'Run it with `npx cosmos …` in the project, which brings its own, or install a newer Node.\n',
  );
  process.exit(1);
}
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { runCommandLine } = await import('./cli/command-line.js');
process.exitCode = await runCommandLine(process.argv.slice(2));
