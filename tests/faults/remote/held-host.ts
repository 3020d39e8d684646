import type { Host } from '../../../src/core/ports/host.ts';
import type { Hold } from './phases.ts';

/** What a held host tells, and what it waits for. */
export interface HostHolder {
  readonly reached: () => void;
  /** Resolves when a transfer that is to be held within may begin. */
  readonly opened: Promise<void>;
  /** Resolves when everything may go on. */
  readonly released: Promise<void>;
  /** Stops the other side in the midst of a transfer. */
  readonly freeze: () => void;
}

/** A host whose first call of one kind waits to be let go. */
export class HeldHost {
  readonly host: Host;
  readonly #hold: Hold;
  readonly #holder: HostHolder;
  #wasHeld = false;

  constructor(host: Host, hold: Hold, holder: HostHolder) {
    this.#hold = hold;
    this.#holder = holder;
    this.host = new Proxy(host, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]): unknown =>
          this.#isMeant(String(key))
            ? this.#held(values, (given) => Reflect.apply(value, target, given))
            : Reflect.apply(value, target, values);
      },
    });
  }

  #isMeant(name: string): boolean {
    if (this.#wasHeld || 'on' in this.#hold) return false;
    return name === ('before' in this.#hold ? this.#hold.before : this.#hold.within);
  }

  async #held(values: readonly unknown[], call: (values: readonly unknown[]) => unknown): Promise<unknown> {
    this.#wasHeld = true;
    this.#holder.reached();
    if ('before' in this.#hold) {
      await this.#holder.released;
      return await call(values);
    }
    await this.#holder.opened;
    let isFrozen = false;
    return await call(
      values.map((value) => {
        if (typeof value !== 'function') return value;
        return (done: number, total: number): void => {
          Reflect.apply(value, undefined, [done, total]);
          if (isFrozen || done * 2 < total) return;
          isFrozen = true;
          this.#holder.freeze();
        };
      }),
    );
  }
}
