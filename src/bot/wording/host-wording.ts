import type { ErrorCode } from '../../core/errors.ts';
import { size } from './numbers.ts';
import type { Parameters, Wording } from './wording.ts';

/** What goes wrong between the bot and a host, and on the host itself. */
export const HOST_WORDING = {
  'transfer.failed': {
    example: { host: 'gpu1', file: 'street.mp4', detail: 'connection reset' },
    say: (p) => ({
      sentence: `${p.text('file', 'A file')} could not be copied ${hostPart(p, 'to or from')}${detail(p)}.`,
      nextStep: 'Nothing to do yet: I try again by myself. If it stays so, check the network to that host.',
    }),
  },
  'transfer.corrupt': {
    example: { host: 'gpu1', file: 'street.mp4' },
    say: (p) => ({
      sentence: `${p.text('file', 'A file')} arrived changed ${hostPart(p, 'at or from')}.`,
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

  'engine.host_unreachable': {
    example: { host: 'gpu1', detail: 'connection refused' },
    say: (p) => ({
      sentence: `${host(p)} does not answer${detail(p)}.`,
      nextStep: 'I keep trying; a run that is there goes on if the machine is up. Check that it is, and that it can be reached.',
    }),
  },
  'engine.host_replaced': {
    example: { host: 'gpu1' },
    say: (p) => ({
      sentence: `${host(p)} was wiped or replaced while the run was on it. Nothing of it is left.`,
      nextStep: 'Run it again.',
    }),
  },
  'engine.host_unsupported': {
    example: { host: 'gpu1', detail: 'it has no POSIX shell' },
    say: (p) => ({
      sentence: `${host(p)} cannot run jobs${detail(p)}.`,
      nextStep: 'Use a Linux host, or install there what is missing.',
    }),
  },
  'engine.work_dir_unusable': {
    example: { host: 'gpu1', detail: 'permission denied' },
    say: (p) => ({
      sentence: `The work folder on ${p.text('host', 'the host')} cannot be used${detail(p)}.`,
      nextStep: 'Make it writable for the user that the bot connects as, or set another `work_dir`.',
    }),
  },
  'engine.command_failed': {
    example: { host: 'gpu1', detail: 'ls: cannot access: input/output error' },
    say: (p) => ({
      sentence: `A command on ${p.text('host', 'the host')} failed${detail(p)}.`,
      nextStep: 'Check that host, then retry.',
    }),
  },
  'engine.start_failed': {
    example: { host: 'gpu1', detail: 'node: no such file' },
    say: (p) => ({
      sentence: `The model could not be started on ${p.text('host', 'the host')}${detail(p)}.`,
      nextStep: 'Check that the model is installed there as its profile says, then retry.',
    }),
  },
  'engine.vanished': {
    example: { host: 'gpu1', detail: 'the machine was restarted' },
    say: (p) => ({
      sentence: `The run disappeared from ${p.text('host', 'its host')} without a result${detail(p)}.`,
      nextStep: 'Run it again.',
    }),
  },
  'engine.not_stopped': {
    example: { host: 'gpu1', detail: 'process 4211 is still there' },
    say: (p) => ({
      sentence: `The run on ${p.text('host', 'the host')} could not be stopped${detail(p)}.`,
      nextStep: 'End it on that host; until then nothing else starts there.',
    }),
  },
  'engine.log_unreadable': {
    example: { host: 'gpu1', detail: 'permission denied' },
    say: (p) => ({
      sentence: `The log of the run cannot be read on ${p.text('host', 'the host')}${detail(p)}.`,
      nextStep: 'Check who owns the files in the work folder there.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

function host(p: Parameters): string {
  return p.text('host', 'The host');
}

function hostPart(p: Parameters, direction: string): string {
  return `${direction} ${p.text('host', 'the host')}`;
}

function detail(p: Parameters): string {
  return p.part('detail', (text) => ` (${text.replace(/\.$/, '')})`);
}
