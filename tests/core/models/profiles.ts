import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { invalid } from '../../../src/core/errors.ts';
import type { AttemptId, InstanceId, Sha256 } from '../../../src/core/ids.ts';
import type { JobRequest } from '../../../src/core/models/build-job.ts';
import { mergeTables, type Table } from '../../../src/core/models/merge-tables.ts';
import { checkParameters } from '../../../src/core/models/parameters.ts';
import { parseProfile } from '../../../src/core/models/parse-profile.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { type PromptInput, ROLES, type Role } from '../../../src/core/prompts/prompt.ts';

const PROJECT = new URL('../../../', import.meta.url);

export const MODELS_DIRECTORY = new URL('config/models/', PROJECT).pathname;

/** A shipped profile, by its id. */
export function shipped(id: string, over: Table = {}): Profile {
  return profileOf(wholeTable(`${id}.toml`), over);
}

function wholeTable(file: string): Table {
  const { extends: family, ...table } = readToml(`${MODELS_DIRECTORY}${file}`);
  return family === undefined ? table : mergeTables(wholeTable(`families/${family}.toml`), table);
}

export function preview(over: Table = {}): Profile {
  return shipped('preview', over);
}

export function transfer1(over: Table = {}): Profile {
  return shipped('transfer1', over);
}

/** The smallest profile that is valid. */
export const MINIMAL: Table = {
  schema: 1,
  id: 'minimal',
  title: 'Minimal',
  description: 'Does nothing',
  version: '1',
  inputs: { color: { required: true } },
  command: { argv: ['run', '{input.color}'] },
  success: { outputs: [{ kind: 'video', path: '*.mp4', label: 'video' }] },
};

export function minimal(over: Table = {}): Profile {
  return profileOf(MINIMAL, over);
}

function readToml(path: string): Table {
  return parse(readFileSync(path, 'utf8'));
}

/** The problems that the profile has with `over` laid over it. */
export function problemsOf(base: Table, over: Table) {
  const checked = parseProfile(mergeTables(base, over), 'test.toml');
  return checked.ok ? [] : checked.problems.map(({ code, parameters }) => ({ code, ...parameters }));
}

function profileOf(base: Table, over: Table): Profile {
  const checked = parseProfile(mergeTables(base, over), 'test.toml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems, null, 2));
  return checked.value;
}

export function video(role: Role, frames = 121, size: readonly [number, number] = [1280, 704]): PromptInput {
  const [width, height] = size;
  const facts = {
    kind: 'video',
    width,
    height,
    fps: 24,
    frames,
    durationMs: (frames / 24) * 1000,
    codec: 'h264',
    hasAudio: false,
  } as const;
  return input(role, facts, 'mp4');
}

export function input(role: Role, facts: PromptInput['asset']['facts'], extension: string): PromptInput {
  const sha256 = role.padEnd(64, '0') as Sha256;
  return { role, asset: { sha256, bytes: 1000, facts, extension }, originalName: `my ${role}.${extension}` };
}

/** A request that is complete: an input for every role that the profile takes, defaults for what is not given. */
export function requestFor(profile: Profile, over: Partial<JobRequest> = {}): JobRequest {
  return {
    profile,
    text: 'A rainy neon street, cinematic',
    negativeText: 'cartoon, low detail',
    inputs: rolesOf(profile).map((role) => video(role)),
    parameters: parametersOf(profile, {}),
    paths: {
      attempt: '/workspace/jobs/job_01',
      input: '/workspace/jobs/job_01/in',
      output: '/workspace/jobs/job_01/out',
      tool: ['/usr/bin/node', '/bot/tool.js'],
    },
    attempt: 'jb_00000001-a1' as AttemptId,
    instance: 'in_00000001' as InstanceId,
    gpus: Array.from({ length: profile.requires.min_gpus }, (_, index) => `${index}`),
    stopGraceMs: 10_000,
    secrets: (reference) => invalid('config.secret_missing', reference),
    ...over,
  };
}

/** Complete, for a run with a file for every role that the profile takes. */
export function parametersOf(profile: Profile, given: Readonly<Record<string, unknown>>) {
  const checked = checkParameters(profile, given, new Set(rolesOf(profile)));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

function rolesOf(profile: Profile): readonly Role[] {
  return Object.keys(profile.inputs).filter((role): role is Role => Object.hasOwn(ROLES, role));
}
