import { formatPath } from '../config/schema-walk.ts';
import type { Problem } from '../errors.ts';
import type { Profile } from './profile.ts';

/** What of a host decides which models it can run; a part that is absent is not looked at. */
export interface HostShape {
  readonly name: string;
  readonly transport?: string;
  readonly lanes?: readonly { readonly name: string; readonly gpus: readonly string[] }[];
}

/**
 * Models that can never run on a host, whoever asks: `config.model_unfit` {model, host}, with `transport` and
 * `allowed`, or with `lane`, `gpus` (how many it has), `minimum` and `maximum`?; `where` is the transport, or the lane,
 * of the host at this place of the configuration. A run is taken by any lane of its host, so that every lane has to fit.
 */
export function unfitModels(
  host: HostShape,
  profiles: readonly Profile[],
  index: number,
): readonly Problem[] {
  return profiles.flatMap((profile) => [
    ...wrongTransport(host, profile, index),
    ...wrongLanes(host, profile, index),
  ]);
}

function wrongTransport(
  { name, transport }: HostShape,
  { id, requires }: Profile,
  index: number,
): readonly Problem[] {
  const allowed: readonly string[] = requires.transports;
  if (transport === undefined || allowed.includes(transport)) return [];
  const where = formatPath(['hosts', index, 'transport']);
  return [unfit(name, id, { where, transport, allowed })];
}

function wrongLanes(
  { name, lanes = [] }: HostShape,
  { id, requires }: Profile,
  index: number,
): readonly Problem[] {
  const { min_gpus: minimum, max_gpus: maximum } = requires;
  const limits = maximum === undefined ? { minimum } : { minimum, maximum };
  return lanes.flatMap((lane, place) => {
    if (lane.gpus.length >= minimum && lane.gpus.length <= (maximum ?? Infinity)) return [];
    const where = formatPath(['hosts', index, 'lanes', place, 'gpus']);
    return [unfit(name, id, { where, lane: lane.name, gpus: lane.gpus.length, ...limits })];
  });
}

function unfit(host: string, model: string, parameters: Problem['parameters']): Problem {
  return { code: 'config.model_unfit', parameters: { host, model, ...parameters } };
}
