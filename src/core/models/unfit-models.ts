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
 * `allowed`, or with `lane`, `gpus` (how many it has), `minimum` and `maximum`?. A run is taken by any lane of its host,
 * so that every lane has to fit.
 */
export function unfitModels(host: HostShape, profiles: readonly Profile[]): readonly Problem[] {
  return profiles.flatMap((profile) => [...wrongTransport(host, profile), ...wrongLanes(host, profile)]);
}

function wrongTransport({ name, transport }: HostShape, { id, requires }: Profile): readonly Problem[] {
  const allowed: readonly string[] = requires.transports;
  if (transport === undefined || allowed.includes(transport)) return [];
  return [unfit(name, id, { transport, allowed })];
}

function wrongLanes({ name, lanes = [] }: HostShape, { id, requires }: Profile): readonly Problem[] {
  const { min_gpus: minimum, max_gpus: maximum } = requires;
  return lanes
    .filter(({ gpus }) => gpus.length < minimum || gpus.length > (maximum ?? Infinity))
    .map((lane) => {
      const limits = maximum === undefined ? { minimum } : { minimum, maximum };
      return unfit(name, id, { lane: lane.name, gpus: lane.gpus.length, ...limits });
    });
}

function unfit(host: string, model: string, parameters: Problem['parameters']): Problem {
  return { code: 'config.model_unfit', parameters: { host, model, ...parameters } };
}
