import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Compiles ssh2's ciphers for the Node that runs this. Needs a C++ compiler, `make` and Python; without them the bot
 * works as well, and its transfers reach half of the speed. The headers are those of the npm package that brings
 * Node, so nothing but the package registry is asked.
 */
const PLACE = 'node_modules/ssh2/lib/protocol/crypto';

const headers = mkdtempSync(join(tmpdir(), 'node-headers-'));
try {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const version = process.version.slice(1);
  run('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', headers, `${name}@${version}`], '.');
  const nodedir = join(headers, 'node_modules', name);
  if (!existsSync(join(nodedir, 'include/node/node.h'))) throw new Error(`${name} has no headers`);
  const openssl = process.versions.openssl.split('.')[0];
  const flags = [`--nodedir=${nodedir}`, `--target=${process.version}`, `--real_openssl_major=${openssl}`];
  // As a variable too: a `nodedir` in somebody's npm configuration would win over the flag.
  const environment = { ...process.env, npm_config_nodedir: nodedir };
  run('npm', ['exec', '--yes', '--', 'node-gyp', 'rebuild', ...flags], PLACE, environment);
} finally {
  rmSync(headers, { recursive: true, force: true });
}

function run(program: string, words: readonly string[], directory: string, env = process.env): void {
  const { status, error } = spawnSync(program, words, { cwd: directory, stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
