import type { Problem } from './errors.ts';
import type { RunOutcome, RunRelation } from './runs/run.ts';

/** Every durable event and its payload. Appended in the transaction that makes it true. */
interface EventPayloads {
  'prompt.created': { readonly prompt: string };
  'prompt.files_added': { readonly prompt: string; readonly added: number; readonly offered: number };
  'prompt.roles_changed': { readonly prompt: string };
  /** A model has found a better text for `parent`. */
  'prompt.enhanced': { readonly prompt: string; readonly parent: string };
  'prompt.discarded': { readonly prompt: string };
  'prompt.restored': { readonly prompt: string };
  'run.queued': {
    readonly profile: string;
    readonly parent?: { readonly run: string; readonly relation: RunRelation };
  };
  /** `together`: with how many runs at one load of the model, itself included, where that is more than one. */
  'run.claimed': { readonly lane: string; readonly together?: number };
  'run.starting': { readonly lane: string };
  'run.cancel_requested': Record<never, never>;
  'run.stop_sent': { readonly strength: 'terminate' | 'kill'; readonly reason: string };
  'run.try_failed': { readonly problem: Problem; readonly nextTryAt: number };
  'run.host_unreachable': { readonly detail: string };
  'run.host_reachable': Record<never, never>;
  /** Something other than the job keeps the run from its next step. */
  'run.held_up': { readonly problem: Problem };
  'run.went_on': Record<never, never>;
  /** Others of its batch have kept it from its end: it waits again at its old place. */
  'run.returned': { readonly problem: Problem };
  'run.finished': { readonly outcome: RunOutcome; readonly problem?: Problem };
  'run.rated': { readonly rating: number };
  'queue.paused': Record<never, never>;
  'queue.resumed': Record<never, never>;
  'lane.blocked': { readonly lane: string; readonly problem: Problem };
  /** An operator has given the host up: its attempts have ended. */
  'host.fenced': { readonly host: string; readonly lanes: readonly string[] };
  'lane.reopened': { readonly lane: string };
}

export type EventType = keyof EventPayloads;

export type CosmosEvent = {
  [T in EventType]: { readonly type: T; readonly payload: EventPayloads[T] };
}[EventType];
