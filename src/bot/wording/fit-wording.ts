import type { ErrorCode } from '../../core/errors.ts';
import type { FitDeed } from '../../core/models/fit-change.ts';
import type { SoundEnd } from '../../core/models/sound-end.ts';
import { onGpus } from './gpu-memory-words.ts';
import { count, duration, gpuMemory } from './numbers.ts';
import type { Wording } from './wording.ts';

/** Why a model or a host does not take files, and what can be done about it. */
export const FIT_WORDING = {
  'input.seconds_out_of_range': {
    example: { model: 'vista', role: 'audio', seconds: 0.4, minimum: 1, maximum: 10 },
    say: (p) => ({
      sentence: `The sound${p.part('role', (role) => ` (\`${role}\`)`)} ${p.measure('seconds', (value) => `lasts ${seconds(value)}`, 'has another length')}; ${p.text('model', 'the model')} takes ${[p.measure('minimum', (value) => `at least ${seconds(value)}`), p.measure('maximum', (value) => `at most ${seconds(value)}`)].filter((part) => part !== '').join(' and ') || 'another one'}.`,
      nextStep: 'Cut or lengthen it, or choose another model.',
    }),
  },
  'input.gpu_too_small': {
    example: { model: 'vista', hosts: ['gpu1'], bytes: 24_000_000_000, wantedGb: 80 },
    say: (p) => ({
      sentence: `${p.text('model', 'The model')} wants ${p.measure('wantedGb', (value) => `${value} GB of memory`, 'more memory')} ${p.measure('gpus', onGpus, onGpus(undefined))}, and ${p.part('hosts', (hosts) => hosts) || 'no host'} has ${p.measure('bytes', gpuMemory, 'less')}.`,
      nextStep: 'Choose another model, or ask your operator for a host with larger GPUs.',
    }),
  },
  'input.nothing_to_change': {
    example: { model: 'vista', prompt: 'ps_7k2m9x4d' },
    say: (p) => ({
      sentence: p.has('model')
        ? `${p.text('model')} takes the files${p.part('prompt', (prompt) => ` of ${prompt}`)} as they are.`
        : `No file${p.part('prompt', (prompt) => ` of ${prompt}`)} was changed.`,
      nextStep: p.has('model') ? 'Run it.' : 'There is nothing to undo.',
    }),
  },
  'input.no_change_helps': {
    example: { model: 'vista' },
    say: (p) => ({
      sentence: `No change of mine would make ${p.text('model', 'the model')} take these files.`,
      nextStep: 'Send others, or choose another model.',
    }),
  },
  'input.no_preview': {
    example: {},
    say: () => ({
      sentence: 'No model here shows what others are conditioned on.',
      nextStep: 'Ask your operator to give a host such a model: `models` says which there are.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** `Convert to mp4, first 121 frames`: what stands on the button that does it. */
export function changeWords(deeds: readonly FitDeed[]): string {
  const words = deeds.map(deedWords).join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function deedWords(deed: FitDeed): string {
  switch (deed.kind) {
    case 'convert':
      return deed.to === 'jpg' ? 'convert to jpg (8 bits, no alpha)' : `convert to ${deed.to}`;
    case 'cut':
      return `first ${count(deed.frames, 'frame')} only`;
    case 'shorten':
      return `first ${seconds(deed.seconds)} only`;
    case 'shrink':
      return `shrink to ${deed.width}×${deed.height}`;
  }
}

/** `The video will be 2.4 s, as long as the sound; frames=61 takes less time for it.` */
export function soundEndWords({ seconds: length, enough }: SoundEnd): string {
  const saving = enough === undefined ? '' : `; ${enough.parameter}=${enough.value} takes less time for it`;
  return `The video will be ${seconds(length)}, as long as the sound${saving}.`;
}

function seconds(value: number): string {
  return duration(value * 1000);
}
