import type { ErrorCode } from '../../core/errors.ts';
import { hostMend } from './host-mends.ts';
import { gpuMemory, gpuMemoryPart, size } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import type { Parameters, Wording } from './wording.ts';

/** What goes wrong between the bot and a host, and on the host itself. */
export const HOST_WORDING = {
  'transfer.failed': {
    example: { host: 'gpu1', file: 'street.mp4', role: 'asset', detail: 'connection reset' },
    say: (p) => ({
      sentence: `${copied(p)} could not be copied between the bot and ${p.text('host', 'the host')}${whyInBrackets(p)}.`,
      nextStep: 'Nothing to do yet: I try again by myself. If it stays so, check the network to that host.',
    }),
  },
  'transfer.corrupt': {
    example: { host: 'gpu1', file: 'street.mp4' },
    say: (p) => ({
      sentence: `${copied(p)} was changed on the way between the bot and ${p.text('host', 'the host')}.`,
      nextStep: "Nothing to do yet: I copy it again. If it stays so, check that host's disk.",
    }),
  },
  'transfer.disk_full': {
    example: { host: 'gpu1', file: 'street.mp4', bytes: 48_000_000 },
    say: (p) => ({
      sentence: `There is no room for ${p.text('file', 'a file')}${p.measure('bytes', (value) => ` (${size(value)})`)} on ${p.text('host', 'the disk')}.`,
      nextStep: 'Free some space there and retry.',
    }),
  },

  'transfer.over_quota': {
    example: { host: 'gpu1', bytes: 120_000_000_000, quotaBytes: 100_000_000_000 },
    say: (p) => ({
      sentence: `An input${p.measure('bytes', (value) => ` (${size(value)})`)} is larger than all that ${p.text('host', 'the host')} may keep of inputs${p.measure('quotaBytes', (value) => ` (${size(value)})`)}. Nothing of it was sent.`,
      nextStep: 'Take a smaller file, or raise `asset_quota` of that host in the configuration, then retry.',
    }),
  },

  'engine.host_unreachable': {
    example: { host: 'gpu1', detail: 'connection refused' },
    say: (p) => ({
      sentence:
        p.text('reason') === 'docker_not_running'
          ? `Docker is not running on ${p.text('host', 'the host')}.`
          : `${host(p)} does not answer${whyInBrackets(p)}.`,
      nextStep: `I keep trying; a run that is there goes on if the machine is up. ${hostMend(p, 'Check that it is, and that it can be reached.')}`,
    }),
  },
  'engine.host_replaced': {
    example: { host: 'gpu1' },
    // `idle`: found by a look at a host that had nothing to do.
    say: (p) =>
      p.has('idle')
        ? {
            sentence: `${host(p)} is not the one that it was: it was wiped or replaced, or the disk of its work folder is not mounted.`,
            nextStep:
              'Mount it if it is that. Nothing is lost, and the next run takes the host as it is then.',
          }
        : {
            sentence: `${host(p)} was wiped or replaced while the run was on it. Nothing of it is left.`,
            nextStep: 'Run it again.',
          },
  },
  'engine.host_unsupported': {
    example: { host: 'gpu1', missing: ['setsid', 'ps'] },
    say: (p) => ({
      sentence: `${host(p)} cannot run jobs${p.part('missing', (missing) => `: it lacks ${missing}`) || whyInBrackets(p)}.`,
      nextStep: hostMend(p, 'Use a Linux host, or install there what is missing.'),
    }),
  },
  'engine.work_dir_unusable': {
    example: { host: 'gpu1', reason: 'denied' },
    say: (p) => ({
      sentence: `The work folder on ${p.text('host', 'the host')} cannot be used${whyInBrackets(p)}.`,
      nextStep:
        'Make it writable for the user that the bot connects as (`sudo install --directory --owner USER FOLDER` there), or set another `work_dir`.',
    }),
  },
  'engine.command_failed': {
    example: { host: 'gpu1', command: 'inspect', exitCode: 1 },
    say: (p) => ({
      sentence: `${p.part('command', (command) => `The command \`${command}\``) || 'A command'} on ${p.text('host', 'the host')} failed${p.part('exitCode', (code) => ` with exit code ${code}`)}${whyInBrackets(p)}.`,
      nextStep: 'Check that host, then retry.',
    }),
  },
  'engine.start_failed': {
    example: { host: 'gpu1', detail: 'node: no such file' },
    say: (p) => ({
      sentence: `The model could not be started on ${p.text('host', 'the host')}${whyInBrackets(p)}.`,
      nextStep: 'Check that the model is installed there as its profile says, then retry.',
    }),
  },
  'engine.image_missing': {
    example: { host: 'gpu1', image: 'street-model:2025-10' },
    say: (p) => ({
      sentence: `${host(p)} does not have the image ${p.text('image', 'of the model')}.`,
      nextStep: `Run \`docker pull ${p.text('image', 'IMAGE')}\` on that host, or build it there, then retry.`,
    }),
  },
  'engine.gpu_unavailable': {
    example: { host: 'gpu1', detail: 'could not select device driver' },
    say: (p) => ({
      sentence: `Docker on ${p.text('host', 'the host')} cannot give the run its GPUs${whyInBrackets(p)}.`,
      nextStep:
        'Check on that host that `nvidia-smi` works and that the NVIDIA Container Toolkit is installed, then retry.',
    }),
  },
  'engine.vanished': {
    example: { host: 'gpu1', detail: 'the machine was restarted' },
    say: (p) => ({
      sentence: `The run disappeared from ${p.text('host', 'its host')} without a result${whyInBrackets(p)}.`,
      nextStep: 'Run it again.',
    }),
  },
  'engine.host_fenced': {
    example: { host: 'gpu1', by: 'ana' },
    say: (p) => ({
      sentence: `${host(p)} was given up${p.part('by', (by) => ` by ${by}`)} while the run was on it. What it has made there is not fetched any more.`,
      nextStep: 'Run it again.',
    }),
  },
  'engine.gpu_busy': {
    example: {
      host: 'gpu1',
      lane: 'gpu1/gpu0',
      gpu: '0',
      usedBytes: 21.9 * 2 ** 30,
      totalBytes: 24 * 2 ** 30,
      idleBytes: 1e9,
    },
    say: (p) => ({
      sentence: `${p.text('lane', 'The lane')} waits for ${p.part('gpu', (gpu) => `GPU ${gpu}`) || 'its GPU'}: ${usedMemory(p)} of its memory is in use, although no run is on it${p.measure('idleBytes', (idle) => ` (at most ${size(idle)} may be)`)}.`,
      nextStep: `Run \`nvidia-smi\` on ${p.text('host', 'the host')} to see whose process it is; end it, or wait: the lane goes on by itself. If so much is always in use there, raise \`gpu_idle_memory\` of the host.`,
    }),
  },
  'engine.gpu_unproved': {
    example: { host: 'gpu1', lane: 'gpu1/gpu0', gpus: ['0'], reason: 'gpu_not_listed' },
    say: (p) => ({
      sentence: `${p.text('lane', 'The lane')} waits: nobody can tell whether ${p.part('gpus', (gpus) => `GPU ${gpus}`) || 'its GPU'} is free${whyInBrackets(p)}.`,
      nextStep: `Run \`nvidia-smi\` on ${p.text('host', 'the host')} until it lists that GPU, or mend \`gpus\` of the lane; the lane goes on by itself.`,
    }),
  },
  'engine.not_stopped': {
    example: { host: 'gpu1', attempt: 'jb_5d8r2k1m-a1', detail: 'process 4211 is still there' },
    say: (p) => ({
      sentence: `The run on ${p.text('host', 'the host')}${p.part('attempt', (attempt) => ` (${attempt})`)} could not be stopped${whyInBrackets(p)}.`,
      nextStep: 'End it on that host; until then nothing else starts there.',
    }),
  },
  'engine.log_unreadable': {
    example: { host: 'gpu1', detail: 'permission denied' },
    say: (p) => ({
      sentence: `The log of the run cannot be read on ${p.text('host', 'the host')}${whyInBrackets(p)}.`,
      nextStep: 'Check who owns the files in the work folder there.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** `21 of 24 GB`. */
function usedMemory(p: Parameters): string {
  const [used, total] = [p.number('usedBytes'), p.number('totalBytes')];
  if (used === undefined) return 'too much';
  return total === undefined ? gpuMemory(used) : gpuMemoryPart(used, total);
}

function host(p: Parameters): string {
  return p.text('host', 'The host');
}

/** What was copied: by its name, else by what it is for. */
function copied(p: Parameters): string {
  const role = p.text('role');
  return p.text(
    'file',
    role === 'asset' ? 'An input' : role === 'output' || role === 'destination' ? 'A result' : 'A file',
  );
}
