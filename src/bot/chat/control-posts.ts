import type { ThreadId } from '../../core/ids.ts';
import type { ChatPort } from '../../core/ports/chat.ts';
import { isControl } from '../../core/runs/is-control.ts';
import type { Run } from '../../core/runs/run.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import { controlsLeftOutCard } from '../thread-view/control-card.ts';
import { type ControlPlan, controlAfter, controlPlan, NO_CONTROLS } from './control-plan.ts';
import type { Showing } from './wanted.ts';

export interface ControlPostsParts {
  readonly store: Store;
  readonly port: ChatPort;
}

/**
 * The control videos that follow a result, one after the other: the duty of each is made in the transaction that records
 * what became of the one before, so that none comes before the result and a restart loses none.
 */
export class ControlPosts {
  readonly #parts: ControlPostsParts;

  constructor(parts: ControlPostsParts) {
    this.#parts = parts;
  }

  /** None where people see paths, or want to read less. */
  async plan(run: Run, { where, localFiles, isQuiet }: Showing): Promise<ControlPlan> {
    const hasNone = !run.outputs.some(isControl);
    if (localFiles || isQuiet || hasNone) return NO_CONTROLS;
    return controlPlan(run, await this.#parts.port.maxUploadBytes(where));
  }

  /** The result is shown. */
  begin({ thread }: Delivery, run: Run, { posted: [first] }: ControlPlan): void {
    if (first !== undefined) this.#ensure(thread, run, first);
  }

  /** One is shown. */
  goOn({ thread, subject }: Delivery, run: Run, plan: ControlPlan): void {
    if (subject.purpose !== 'output') return;
    const next = controlAfter(run, plan, subject.output);
    if (next !== undefined) this.#ensure(thread, run, next);
  }

  /** One was not taken: it is said once, and that file is not sent again. */
  leaveOut(delivery: Delivery, run: Run): void {
    const { deliveries } = this.#parts.store;
    deliveries.close(delivery.id, 'undeliverable');
    const key = `controls_left_out:${run.id}:${delivery.thread}`;
    deliveries.ensure(key, delivery.thread, { purpose: 'answer', card: controlsLeftOutCard(run) });
  }

  #ensure(thread: ThreadId, run: Run, output: number): void {
    const key = `output:${run.id}:${thread}:${output}`;
    this.#parts.store.deliveries.ensure(key, thread, { purpose: 'output', runId: run.id, output });
  }
}
