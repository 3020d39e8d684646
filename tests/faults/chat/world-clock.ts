import { systemClock } from '../../../src/bot/system-clock.ts';
import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';

/** The machine's clock, which a test puts forward: as if nothing had happened for some time. */
export class WorldClock implements Clock {
  shiftMs = 0;

  readonly now = (): UtcMs => systemClock.now() + this.shiftMs;

  readonly sleep = systemClock.sleep;
}
