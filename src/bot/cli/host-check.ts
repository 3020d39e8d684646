import { CONTAINER_ENGINES } from '../../core/config/config.ts';
import { CosmosError, type Problem, toCosmosError } from '../../core/errors.ts';
import type { InstanceId } from '../../core/ids.ts';
import type { Profile } from '../../core/models/profile.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Host, HostFacts, Leftover } from '../../core/ports/host.ts';
import type { HostTools } from '../main.ts';
import { gpuMemoryLines } from '../wording/gpu-memory-words.ts';
import {
  answersLine,
  assetsLine,
  type CheckLine,
  ciphersLine,
  clockLine,
  diskLine,
  engineLines,
  gpuLines,
  HOST_KEY_LINE,
  leftoversLine,
  mountLine,
  problemLine,
} from '../wording/host-check-words.ts';

/** What a check has found: what `--json` prints. */
export interface HostReport {
  readonly host: string;
  readonly passed: boolean;
  readonly lines: readonly CheckLine[];
  /** Codes of what failed with an error. */
  readonly problems: readonly Problem[];
  readonly facts?: HostFacts;
  /** Attempts of this bot that are there. */
  readonly leftovers?: readonly Leftover[];
}

export interface HostCheck {
  readonly tools: HostTools;
  readonly host: Host | undefined;
  readonly instance: InstanceId;
  /** The models of the host, as it runs them. */
  readonly profiles: readonly Profile[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks at a host from the way to it up to the images of its models. What fails becomes a line; whatever needs that is
 * then not asked. Changes nothing but the work directory, which it makes where it is missing.
 */
export async function lookAtHost(check: HostCheck): Promise<HostReport> {
  const { tools, signal } = check;
  const { name } = tools.entry;
  const lines: CheckLine[] = [];
  const problems: Problem[] = [];
  let answers: Answers | undefined;
  try {
    if (tools.ssh !== undefined) {
      lines.push(ciphersLine(tools.ssh.ciphers));
      await requireTrusted(tools, signal);
      lines.push(HOST_KEY_LINE);
    }
    answers = await ask(check, lines);
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, parameters } = toCosmosError(thrown);
    const problem = { code, parameters: { host: name, ...parameters } };
    problems.push(problem);
    lines.push(problemLine(problem));
  }
  const passed = lines.every((line) => line.passed);
  return { host: name, passed, lines, problems, ...answers };
}

/** Throws the `ssh.*` errors, which say more than a host that does not answer. */
async function requireTrusted({ ssh, entry }: HostTools, signal: AbortSignal): Promise<void> {
  const shown = await ssh?.untrusted(signal);
  if (shown === undefined) return;
  const { verdict, keyType, fingerprint, line } = shown;
  const code = verdict === 'changed' ? 'ssh.host_key_changed' : 'ssh.host_key_unknown';
  throw new CosmosError(code, { host: entry.name, keyType, fingerprint, line });
}

interface Answers {
  readonly facts: HostFacts;
  readonly leftovers: readonly Leftover[];
}

async function ask(
  { tools: { entry }, host, instance, profiles, clock, signal }: HostCheck,
  lines: CheckLine[],
): Promise<Answers> {
  if (host === undefined) throw new CosmosError('internal.unexpected', { host: entry.name });
  const id = await host.identify(signal);
  const containers = CONTAINER_ENGINES.has(entry.engine)
    ? profiles.flatMap(({ container }) => container ?? [])
    : [];
  const questions = {
    assets: true,
    images: [...new Set(containers.map(({ image }) => image))],
    paths: [...new Set(containers.flatMap(({ mounts }) => mounts.map(({ source }) => source)))],
  };
  const asked = clock.now();
  await host.identify(signal);
  const answered = clock.now();
  lines.push(answersLine(entry.workDirectory, id, answered - asked));
  const leftovers = await host.leftovers(instance, signal);
  const before = clock.now();
  const facts = await host.facts(questions, signal);
  const wanted = entry.lanes.flatMap(({ gpus }) => gpus);
  lines.push(
    clockLine(facts.now - before),
    diskLine(facts.diskFreeBytes),
    ...(facts.assets === undefined ? [] : [assetsLine(facts.assets)]),
    ...gpuLines(facts.gpus, wanted),
    ...gpuMemoryLines(facts.gpus, entry.lanes, profiles),
    ...(facts.engine === undefined ? [] : engineLines(facts.engine, wanted.length > 0, entry.name)),
    ...facts.paths.map(mountLine),
    leftoversLine(leftovers),
  );
  return { facts, leftovers };
}
