import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = join(ROOT, 'src');

interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Imported files from the project's root, and packages by name. */
  readonly imports: readonly string[];
}

const FILES: readonly SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|js)$/.test(name))
  .map((name) => {
    const file = join(SOURCE, name);
    const text = readFileSync(file, 'utf8');
    return { path: fromRoot(file), text, imports: importsOf(file, text) };
  });

function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name = '']) =>
    name.startsWith('.') ? fromRoot(resolve(dirname(file), name)) : name,
  );
}

function fromRoot(path: string): string {
  return relative(ROOT, path).replaceAll('\\', '/');
}

/** Files that break a rule, as `path: what`. */
function offences(rule: (file: SourceFile) => readonly string[]): string[] {
  return FILES.flatMap((file) => rule(file).map((what) => `${file.path}: ${what}`));
}

describe('directions', () => {
  it('core imports neither the bot nor the hosts', () => {
    expect(
      offences(({ path, imports }) =>
        path.startsWith('src/core/') ? imports.filter((name) => /^src\/(bot|remote)\//.test(name)) : [],
      ),
    ).toEqual([]);
  });

  it('hosts import core and nothing of the bot', () => {
    expect(
      offences(({ path, imports }) =>
        path.startsWith('src/remote/') ? imports.filter((name) => name.startsWith('src/bot/')) : [],
      ),
    ).toEqual([]);
  });

  it('only the composition puts bot, core and hosts together', () => {
    expect(
      offences(({ path, imports }) =>
        path.startsWith('src/bot/') && path !== 'src/bot/main.ts'
          ? imports.filter((name) => name.startsWith('src/remote/'))
          : [],
      ),
    ).toEqual([]);
  });

  it('what every chat uses imports none of them, and no chat imports another', () => {
    const chatOf = (path: string) => /^src\/bot\/(slack|discord|terminal|web)\//.exec(path)?.[1];
    const neutral = /^src\/bot\/(chat|commands|forms|thread-view|wording)\//;
    expect(
      offences(({ path, imports }) =>
        neutral.test(path) || chatOf(path) !== undefined
          ? imports.filter((name) => chatOf(name) !== undefined && chatOf(name) !== chatOf(path))
          : [],
      ),
    ).toEqual([]);
  });

  it('ports import nothing but ids, errors and each other', () => {
    expect(
      offences(({ path, imports }) =>
        path.startsWith('src/core/ports/')
          ? imports.filter((name) => !/^src\/core\/(ports\/|ids\.ts|errors\.ts)/.test(name))
          : [],
      ),
    ).toEqual([]);
  });
});

describe('doors', () => {
  /** What may be imported only behind its door. */
  const DOORS: readonly (readonly [what: RegExp, doors: RegExp])[] = [
    [/^node:child_process$/, /^src\/(remote\/transport\/|core\/media\/(?!tool\/))/],
    [/^better-sqlite3$/, /^src\/core\/store\//],
    [/^node-av/, /^src\/core\/media\/tool\//],
    [/^(ssh2|dockerode)$/, /^src\/remote\//],
    [/^@slack\//, /^src\/bot\/slack\//],
    [/^(discord\.js|discord-api-types|@discordjs)/, /^src\/bot\/discord\//],
    [/^(hono|@hono)(\/|$)/, /^src\/bot\/web\//],
    [/^smol-toml$/, /^src\/core\/(config|models)\//],
    [/^pino$/, /^src\/(bot\/logger\.ts|bot\/|core\/)/],
  ];

  it('each library is imported only behind its door', () => {
    expect(
      offences(({ path, imports }) =>
        imports.filter((name) => DOORS.some(([what, doors]) => what.test(name) && !doors.test(path))),
      ),
    ).toEqual([]);
  });

  it('a chat on a server is loaded where it is configured, never with everything else', () => {
    const adapters = /^\s*(?:import|export) (?!type )[^;]*?from '[^']*\/(?:slack|discord)\/[^']+'/m;
    expect(
      offences(({ path, text }) =>
        !/^src\/bot\/(slack|discord)\//.test(path) && adapters.test(text) ? ['static import'] : [],
      ),
    ).toEqual([]);
  });

  it('the web server is loaded where it is configured, never with everything else', () => {
    const server = /^\s*(?:import|export) (?!type )[^;]*?from '[^']*\/web\/(?:web-server|web-app)\.ts'/m;
    expect(
      offences(({ path, text }) =>
        !path.startsWith('src/bot/web/') && server.test(text) ? ['static import'] : [],
      ),
    ).toEqual([]);
  });

  it('the environment of the process is read in one file', () => {
    expect(
      offences(({ path, text }) =>
        path !== 'src/core/config/environment.ts' && /process\.env\b/.test(withoutComments(text))
          ? ['process.env']
          : [],
      ),
    ).toEqual([]);
  });

  it('SQL is written in the store alone', () => {
    expect(
      offences(({ path, text }) =>
        !path.startsWith('src/core/store/') && /['"`]\s*(SELECT|INSERT|UPDATE|DELETE|BEGIN)\s/.test(text)
          ? ['SQL']
          : [],
      ),
    ).toEqual([]);
  });
});

describe('words', () => {
  /** A word, the files that may know it, and those that speak of it as a value of the configuration. */
  const RESERVED = 'src/core/config/reserved.ts';
  const WORDS: readonly (readonly [word: RegExp, rooms: RegExp])[] = [
    // The sentences for people, the keys of the configuration and the place that opens the chats name it too.
    [/\b(slack|bolt)\b/i, /^src\/(bot\/(slack|wording)|core\/config)\/|^src\/bot\/open-chats\.ts$/],
    [/\bdiscord\b/i, /^src\/(bot\/(discord|wording)|core\/config)\/|^src\/bot\/open-chats\.ts$/],
    // The sentences for people, the keys of the configuration and the place that hands them on name it too.
    [
      /\b(docker|sbatch|slurm|sftp|nvidia-smi)\b/i,
      /^src\/(remote|bot\/wording|core\/config)\/|^src\/bot\/main\.ts$/,
    ],
    [/\b(transfer1|transfer2\.5|cosmos3|humo)\b/i, /^$/],
  ];

  it.each(WORDS)('%s stays in its room', (word, room) => {
    expect(
      offences(({ path, text }) =>
        path !== RESERVED && !room.test(path) && word.test(withoutComments(text)) ? [String(word)] : [],
      ),
    ).toEqual([]);
  });
});

describe('style', () => {
  it('no file is longer than 300 lines', () => {
    expect(
      offences(({ text }) => {
        const lines = text.split('\n').length;
        return lines > 300 ? [`${lines} lines`] : [];
      }),
    ).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
