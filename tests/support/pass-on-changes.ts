import type { Wakeup } from '../../src/core/wakeup.ts';
import type { Changes } from '../fakes/slack/changes.ts';

/** Passes on that something of a fake has changed, until the returned function is called. */
export function passOnChanges(changes: Changes, changed: Wakeup): () => void {
  let isOver = false;
  void changes.until(() => {
    changed.notify();
    return isOver;
  });
  return () => {
    isOver = true;
  };
}
