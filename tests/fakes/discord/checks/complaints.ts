import { isObject } from '../../slack/json.ts';
import { Refusal } from '../refusal.ts';

/** Collects what is wrong with a body and says it as Discord does: 50035 with a tree of errors. */
export class Complaints {
  readonly #all: { readonly path: string; readonly code: string; readonly message: string }[] = [];

  add(path: string, code: string, message: string): void {
    this.#all.push({ path, code, message });
  }

  /** A text that has to be there, with a length. */
  text(path: string, value: unknown, least: number, most: number): void {
    if (typeof value !== 'string' || (value === '' && least > 0)) this.required(path);
    else if (value.length < least || value.length > most) this.length(path, least, most);
  }

  /** The same where it may be missing. */
  optionalText(path: string, value: unknown, most: number): void {
    if (value !== undefined && value !== null) this.text(path, value, 0, most);
  }

  required(path: string): void {
    this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  }

  length(path: string, least: number, most: number): void {
    this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${most} in length.`);
  }

  choice(path: string, value: unknown, choices: readonly unknown[]): void {
    if (!choices.includes(value)) {
      this.add(path, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`);
    }
  }

  /** Throws 50035 where there is anything to complain of. */
  raise(): void {
    if (this.#all.length > 0) throw this.refusal();
  }

  refusal(): Refusal {
    const errors: Record<string, unknown> = {};
    for (const { path, code, message } of this.#all) {
      let node = errors;
      for (const key of path.split('.')) {
        const next = node[key];
        const child: Record<string, unknown> = isObject(next) ? { ...next } : {};
        node[key] = child;
        node = child;
      }
      node['_errors'] = [...arrayOf(node['_errors']), { code, message }];
    }
    return new Refusal(400, 50035, 'Invalid Form Body', { errors });
  }
}

/** A single complaint. */
export function invalid(path: string, code: string, message: string): Refusal {
  const complaints = new Complaints();
  complaints.add(path, code, message);
  return complaints.refusal();
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
