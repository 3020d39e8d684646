import { usableParameters } from '../models/controls.ts';
import type { Profile } from '../models/profile.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { RunOrder } from './run-service.ts';

/** Whose settings a preview shows. */
export interface Previewed {
  readonly profile: Pick<Profile, 'parameters'>;
  /** Complete, as a run of it would have them. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * A run of a model that shows what another one would be conditioned on: with the values of all settings that both have, and
 * with those that were typed. What only the other one has is left out; what neither has is for the check of the order.
 */
export function previewOrder(
  preview: Profile,
  prompt: Prompt,
  previewed: Previewed | undefined,
  typed: Readonly<Record<string, unknown>>,
): RunOrder {
  const usable = usableParameters(preview, prompt.inputs);
  const isShared = (name: string): boolean => {
    const own = preview.parameters[name];
    return (
      own !== undefined &&
      usable.has(name) &&
      own.write === undefined &&
      previewed?.profile.parameters[name]?.type === own.type
    );
  };
  const shared = Object.entries(previewed?.parameters ?? {}).filter(([name]) => isShared(name));
  const wanted = Object.entries(typed).filter(
    ([name]) => preview.parameters[name] !== undefined || previewed?.profile.parameters[name] === undefined,
  );
  return { prompt, model: preview.id, parameters: Object.fromEntries([...shared, ...wanted]) };
}
