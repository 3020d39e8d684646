import type { UtcMs } from '../../core/ports/clock.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Wanted } from './wanted.ts';

/** The one thing that a duty needs next. */
export type DeliveryStep =
  /** Nothing, until something else changes. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: /** It was never sent. */
        | 'post'
        /** It was sent with unknown outcome: look for it before it is sent again. */
        | 'look'
        | 'edit'
        /** It was sent twice: delete the other one. */
        | 'delete_twins'
        /** The final content was edited in: an edit that timed out may have landed after it. */
        | 'read_back'
        | 'settle';
    };

/** Decides from what is stored alone, so that it does not matter who was interrupted where. */
export function nextStep(
  delivery: Delivery,
  content: Wanted | undefined,
  hash: string | undefined,
  { now, lateEffectMs }: { now: UtcMs; lateEffectMs: number },
): DeliveryStep {
  const { message, intentAt, twinsAt, shownHash, shownSequence, shownAt = now } = delivery;
  if (message === undefined) {
    if (content === undefined) return { kind: 'rest' };
    return { kind: intentAt === undefined ? 'post' : 'look' };
  }
  if (message.message === undefined) return { kind: 'settle' };
  if (twinsAt !== undefined && now >= twinsAt) return { kind: 'delete_twins' };
  if (content !== undefined && content.file === undefined && shownHash !== hash) return { kind: 'edit' };
  if (twinsAt !== undefined) return { kind: 'wait', ms: twinsAt - now };
  if (content === undefined || !content.final) return { kind: 'rest' };
  // What was posted once and never edited cannot be overwritten by anything late.
  if (shownSequence <= 1) return { kind: 'settle' };
  const ms = shownAt + lateEffectMs - now;
  return ms > 0 ? { kind: 'wait', ms } : { kind: 'read_back' };
}
