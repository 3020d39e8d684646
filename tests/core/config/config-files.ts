import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Config } from '../../../src/core/config/config.ts';
import { type LoadOptions, loadConfig } from '../../../src/core/config/load-config.ts';
import type { Checked, Problem } from '../../../src/core/errors.ts';

/** An empty directory that goes with the test. */
export function freshDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'cosmos-config-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A fresh directory with `cosmos.toml`. */
export function directoryWith(toml: string): string {
  const directory = freshDirectory();
  writeFileSync(join(directory, 'cosmos.toml'), toml);
  return directory;
}

/** Loads `toml` as the configuration file of a fresh directory. */
export function loadToml(toml: string, environment: LoadOptions['environment'] = {}): Checked<Config> {
  return loadConfig({ environment, directory: directoryWith(toml) });
}

export function configOf(checked: Checked<Config>): Config {
  expect(checked.ok ? [] : checked.problems).toEqual([]);
  if (!checked.ok) throw new Error('refused');
  return checked.value;
}

/** The problems without their file, which is another one in every test, and without their line. */
export function problemsOf(checked: Checked<unknown>): Problem[] {
  if (checked.ok) return [];
  return checked.problems.map(({ code, parameters: { file: _, line: __, ...parameters } }) => ({
    code,
    parameters,
  }));
}

/** Code, place and line of each problem. */
export function linesOf(
  checked: Checked<unknown>,
): readonly (readonly [code: string, where: unknown, line: unknown])[] {
  if (checked.ok) return [];
  return checked.problems.map(({ code, parameters: { where, line } }) => [code, where, line]);
}
