import type { PrincipalId } from '../ids.ts';

/** A person: the actor of every CosmosAPI call. */
export interface Principal {
  readonly id: PrincipalId;
  readonly name: string;
}
