import { type JsonObject, parseJson } from './json.ts';
import { Refusal, refusalWithReasons } from './refusal.ts';

/** Arguments whose value is JSON, which a form carries as text. */
const JSON_ARGUMENTS = new Set(['blocks', 'attachments', 'metadata', 'view', 'files', 'file_ids']);

/** The arguments of one call, as a form or as JSON brought them. */
export class Arguments {
  readonly all: JsonObject;

  constructor(values: JsonObject) {
    this.all = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        JSON_ARGUMENTS.has(key) && typeof value === 'string' ? (parseJson(value) ?? value) : value,
      ]),
    );
  }

  /** Undefined where it is missing or empty. */
  text(name: string): string | undefined {
    const value = this.all[name];
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Throws `invalid_arguments` where it is missing. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) {
      throw refusalWithReasons('invalid_arguments', [`missing required field: ${name}`]);
    }
    return value;
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.text(name) ?? '');
  }

  /** A whole number from 1 to `most`. Throws `invalid_limit`. */
  limit(usual: number, most: number): number {
    const value = this.text('limit');
    if (value === undefined) return usual;
    const limit = Number(value);
    if (!Number.isInteger(limit) || limit < 1 || limit > most) throw new Refusal('invalid_limit');
    return limit;
  }

  json(name: string): unknown {
    return this.all[name];
  }
}
