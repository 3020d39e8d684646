/** Views that are remembered: those of people who have a form open now. */
const MAXIMUM_VIEWS = 500;

/**
 * Which of several changes of one view is the last one. Slack delivers them on any of several connections, and each is
 * answered by a call that may take its time: an older answer must not come after a newer one.
 */
export class ViewRefreshes {
  readonly #newest = new Map<string, string>();
  readonly #underWay = new Map<string, Promise<void>>();

  /**
   * Calls `update` once no other update of the view is under way, unless there is a newer one by then.
   * @param at Slack's time of the change
   */
  async run(view: string, at: string, update: () => Promise<void>): Promise<void> {
    if (!this.#note(view, at)) return;
    const before = this.#underWay.get(view);
    const done = this.#after(before, view, at, update);
    const settled = done.catch(() => undefined);
    this.#underWay.set(view, settled);
    try {
      await done;
    } finally {
      if (this.#underWay.get(view) === settled) this.#underWay.delete(view);
    }
  }

  isNewest(view: string, at: string): boolean {
    return this.#newest.get(view) === at;
  }

  async #after(
    before: Promise<void> | undefined,
    view: string,
    at: string,
    update: () => Promise<void>,
  ): Promise<void> {
    await before;
    if (this.isNewest(view, at)) await update();
  }

  /** False for a change that is older than one that was seen, or the same again. */
  #note(view: string, at: string): boolean {
    const newest = this.#newest.get(view);
    if (newest !== undefined && Number(at) <= Number(newest)) return false;
    this.#newest.delete(view);
    this.#newest.set(view, at);
    const [oldest] = this.#newest.keys();
    if (this.#newest.size > MAXIMUM_VIEWS && oldest !== undefined) this.#newest.delete(oldest);
    return true;
  }
}
