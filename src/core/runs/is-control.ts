import type { RunOutput } from './run.ts';

/** Whether it shows what the model was conditioned on; a text that it was given does not. */
export function isControl({ kind, purpose }: RunOutput): boolean {
  return purpose === 'control' && kind !== 'text';
}
