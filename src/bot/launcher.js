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
const [{ enableCompileCache }, { existsSync }] = await Promise.all([
  import('node:module'),
  import('node:fs'),
]);
enableCompileCache();
const compiled = new URL('./cli/command-line.js', import.meta.url);
const { runCommandLine } = await import(
  existsSync(compiled) ? './cli/command-line.js' : './cli/command-line.ts'
);
process.exitCode = await runCommandLine(process.argv.slice(2));
