const HIDDEN = '[hidden]';
/** What `util.inspect` of Node looks for; its own name for it would be an import. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A value that no log, template or JSON shows. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value, at the moment of its use and never before. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [INSPECT](): string {
    return HIDDEN;
  }
}
