import type { JsonObject } from './json.ts';

/** A Web API method says no: `{ ok: false, error, … }` with status 200. */
export class Refusal extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** A refusal that lists what is wrong, as Slack does for blocks, views and arguments. */
export function refusalWithReasons(code: string, reasons: readonly string[]): Refusal {
  return new Refusal(code, {
    errors: reasons,
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  });
}
