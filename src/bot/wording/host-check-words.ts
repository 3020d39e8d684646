import type { Problem } from '../../core/errors.ts';
import type {
  AssetUsage,
  AttemptStatus,
  EngineFacts,
  GpuAnswer,
  GpuFacts,
  Leftover,
  Presence,
} from '../../core/ports/host.ts';
import { isNamed } from '../../core/runner/gpu-proof.ts';
import { CIPHERS } from './cli-words.ts';
import { explain } from './explain.ts';
import { gpuValues } from './gpu-words.ts';
import { hostMend } from './host-mends.ts';
import { count, duration, size } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import { Parameters } from './wording.ts';

/** One fact of a host, and what to do about it. */
export interface CheckLine {
  readonly passed: boolean;
  readonly text: string;
  /** What mends it, or would make it better. */
  readonly advice?: string;
}

/** A later or earlier clock makes the times in logs and certificates wrong, ms. */
const MOST_SKEW_MS = 60_000;
/** A few runs with their inputs, controls and videos. */
const LEAST_FREE_BYTES = 5e9;

const MEND_DRIVER =
  'Restart that machine: after an update the driver and its tool do not fit until then. If `nvidia-smi` still fails, install the driver anew (`sudo ubuntu-drivers install`).';

/** Attempts that a line names; the others are counted. */
const NAMED_LEFTOVERS = 5;
const LEFTOVER_STATES: Readonly<Record<AttemptStatus['state'], string>> = {
  never_started: 'not begun',
  abandoned: 'given up',
  running: 'running',
  exited: 'ended',
  vanished: 'ended',
  unreachable: 'not known',
};
const COLLECTS =
  'Nothing to do: the bot that drives its lanes collects what has ended there, and then removes it.';

const INSTALL_DRIVER =
  'Install the driver there (`sudo ubuntu-drivers install`, then restart) until `nvidia-smi` lists the GPUs.';

/** The keys of all servers on the way were compared. */
export const HOST_KEY_LINE: CheckLine = {
  passed: true,
  text: 'The host key that it shows is the pinned one.',
};

export function problemLine(problem: Problem): CheckLine {
  const { sentence, nextStep } = explain(problem);
  return { passed: false, text: sentence, advice: mendOfSilence(problem) ?? nextStep };
}

/** What mends a host that does not answer, where nobody keeps on asking it; undefined for any other problem. */
export function mendOfSilence({ code, parameters }: Problem): string | undefined {
  if (code !== 'engine.host_unreachable') return undefined;
  return hostMend(new Parameters(parameters), 'Check that it is up, and that it can be reached.');
}

export function ciphersLine(ciphers: keyof typeof CIPHERS): CheckLine {
  return { passed: true, text: CIPHERS[ciphers] };
}

export function answersLine(where: string, id: string, roundTripMs: number): CheckLine {
  return {
    passed: true,
    text: `Answers in ${duration(roundTripMs)} as ${id}; the work folder ${where} can be used.`,
  };
}

/** `skewMs`: how far the host's clock is ahead of ours. */
export function clockLine(skewMs: number): CheckLine {
  const away = Math.abs(skewMs);
  if (away <= MOST_SKEW_MS) return { passed: true, text: 'Its clock agrees with the one here.' };
  return {
    passed: false,
    text: `Its clock is ${duration(away)} ${skewMs > 0 ? 'ahead of' : 'behind'} the one here.`,
    advice: 'Set the one that is wrong: `sudo timedatectl set-ntp true`.',
  };
}

export function diskLine(freeBytes: number): CheckLine {
  const text = `${size(freeBytes)} free in the work folder.`;
  if (freeBytes >= LEAST_FREE_BYTES) return { passed: true, text };
  return {
    passed: false,
    text: `Only ${text}`,
    advice: 'Free some space, or set `work_dir` to a larger disk.',
  };
}

/** The inputs that lie there for later runs. More than the quota is no fault: nothing is taken from a run. */
export function assetsLine({ files, bytes, quotaBytes }: AssetUsage): CheckLine {
  const used = `${size(bytes)} of ${size(quotaBytes)}`;
  const text = `Inputs kept for later runs: ${used} (${count(files, 'file')}).`;
  if (bytes <= quotaBytes) return { passed: true, text };
  return { passed: true, text, advice: 'The next upload removes what no run uses, or raise `asset_quota`.' };
}

/** `wanted`: the GPUs that the lanes of the host name. */
export function gpuLines(answer: GpuAnswer, wanted: readonly string[]): readonly CheckLine[] {
  if (answer.state === 'listed') {
    const missing = wanted.filter((name) => !answer.gpus.some((gpu) => isNamed(gpu, name)));
    const listed = answer.gpus.map((gpu) => ({ passed: true, text: gpuText(gpu) }));
    return [
      ...driverLines(answer.gpus),
      ...listed,
      ...missing.map((name) => missingGpu(name, answer.gpus)),
      ...noGpus(listed, missing),
    ];
  }
  if (wanted.length === 0) return [NO_GPUS];
  if (answer.state === 'no_tool') {
    return [
      { passed: false, text: 'It has no `nvidia-smi`, yet its lanes name GPUs.', advice: INSTALL_DRIVER },
    ];
  }
  const why = whyInBrackets(new Parameters({ detail: answer.detail }));
  return [{ passed: false, text: `\`nvidia-smi\` fails there${why}.`, advice: MEND_DRIVER }];
}

export function engineLines(engine: EngineFacts, needsGpus: boolean, host: string): readonly CheckLine[] {
  const version = { passed: true, text: `Docker ${engine.version} answers.` };
  const images = engine.images.map(({ name, present }) =>
    present
      ? { passed: true, text: `Has the image ${name}.` }
      : problemLine({ code: 'engine.image_missing', parameters: { host, image: name } }),
  );
  if (!needsGpus) return [version, ...images];
  const toolkit = engine.givesGpus
    ? { passed: true, text: 'Has the NVIDIA Container Toolkit.' }
    : {
        passed: false,
        text: 'The NVIDIA Container Toolkit is missing: containers get no GPUs.',
        advice:
          'Install `nvidia-container-toolkit` there, run `sudo nvidia-ctk runtime configure --runtime=docker`, and restart Docker.',
      };
  return [version, toolkit, ...images];
}

/** Folders of the host that containers see. */
export function mountLine({ name, present }: Presence): CheckLine {
  if (present) return { passed: true, text: `Has ${name}.` };
  return {
    passed: false,
    text: `${name} is not there, or the bot's user cannot see it.`,
    advice: "Put there what the model's profile describes, or change `container.mounts`.",
  };
}

export function leftoversLine(leftovers: readonly Leftover[]): CheckLine {
  if (leftovers.length === 0) return { passed: true, text: 'No attempts of this bot are there.' };
  const named = leftovers
    .slice(0, NAMED_LEFTOVERS)
    .map(({ attempt, status }) => `${attempt} (${LEFTOVER_STATES[status.state]})`);
  const more = leftovers.length - named.length;
  const are = leftovers.length === 1 ? 'is' : 'are';
  const text = `${count(leftovers.length, 'attempt')} of this bot ${are} there: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
  const areAllRunning = leftovers.every(({ status }) => status.state === 'running');
  return { passed: true, text, ...(!areAllRunning && { advice: COLLECTS }) };
}

const NO_GPUS: CheckLine = { passed: true, text: 'No GPUs; its lanes name none.' };

function noGpus(listed: readonly CheckLine[], missing: readonly string[]): readonly CheckLine[] {
  return listed.length + missing.length === 0 ? [NO_GPUS] : [];
}

function driverLines(gpus: readonly GpuFacts[]): CheckLine[] {
  const versions = new Set(gpus.flatMap(({ driver }) => driver ?? []));
  return [...versions].map((version) => ({ passed: true, text: `NVIDIA driver ${version}.` }));
}

function missingGpu(name: string, gpus: readonly GpuFacts[]): CheckLine {
  const known = gpus.map(({ index }) => index).join(', ');
  return {
    passed: false,
    text: `A lane names GPU ${name}, which the host does not have.`,
    advice: `Mend \`gpus\` of that lane${known === '' ? '' : `: the host has GPU ${known}`}.`,
  };
}

/** What the driver does not tell is left out. */
function gpuText(gpu: GpuFacts): string {
  return `GPU ${gpu.index}: ${[gpu.name, ...gpuValues(gpu)].filter((word) => word !== '').join(', ')}.`;
}

/** What `host trust` says. */
export const TRUST = {
  shown: (server: string, keyType: string, fingerprint: string, line: string): string =>
    [
      `${server} shows this host key:`,
      `  ${keyType} ${fingerprint}`,
      `  ${line}`,
      'Compare it with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on that machine.',
    ].join('\n'),
  question: 'Is it the same? Type yes to pin it: ',
  needsYes: 'Nothing was pinned. Add --yes once you have compared it.',
  declined: 'Nothing was pinned.',
  pinned: (path: string): string => `Pinned in ${path}.`,
  trusted: (host: string): string => `The host key of ${host} is pinned, and the bot is let in.`,
  notSsh: (host: string): string => `${host} is not reached over SSH: there is no key to pin.`,
} as const;
