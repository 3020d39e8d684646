import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'rolldown';

const DIRECTORY = 'dist';

/** The launcher stays as it is written: it must run on any Node. */
const addLauncher: Plugin = {
  name: 'add-launcher',
  buildStart() {
    const source = readFileSync('src/bot/launcher.js', 'utf8');
    this.emitFile({ type: 'asset', fileName: 'bot/launcher.js', source });
  },
};

/** A bot that runs, or starts just now, reads these files: what has not changed is not written again. */
const keepUnchanged: Plugin = {
  name: 'keep-unchanged',
  generateBundle: (_, bundle) => {
    for (const [name, file] of Object.entries(bundle)) {
      const path = join(DIRECTORY, name);
      const content = file.type === 'chunk' ? file.code : file.source;
      if (existsSync(path) && readFileSync(path, 'utf8') === content) delete bundle[name];
    }
  },
};

// What is shipped: few files instead of four hundred, since a command waits for every file that it loads.
await build({
  input: {
    'bot/cli/command-line': 'src/bot/cli/command-line.ts',
    'core/media/tool/main': 'src/core/media/tool/main.ts',
    'remote/transfer/hash-worker': 'src/remote/transfer/hash-worker.ts',
  },
  platform: 'node',
  // Native libraries find their binaries from where they are installed; discord.js tries one that nobody has to have.
  external: ['better-sqlite3', /^node-av($|\/)/, /^ssh2($|\/)/, 'zlib-sync'],
  // A method of discord.js that the bot never calls has one.
  checks: { eval: false },
  output: { dir: DIRECTORY, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
  plugins: [addLauncher, keepUnchanged],
  logLevel: 'warn',
});
