import { isObject, type JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { Refusal } from './refusal.ts';

/**
 * The metadata of a message: an event type and a flat payload. Undefined where none is given.
 * Throws `invalid_metadata_format`, `invalid_metadata_schema`, `metadata_too_large`.
 */
export function checkMetadata(value: unknown): JsonObject | undefined {
  if (value === undefined || value === '') return undefined;
  if (!isObject(value)) throw new Refusal('invalid_metadata_format');
  if (Object.keys(value).length === 0) return value;
  const payload = value['event_payload'];
  if (typeof value['event_type'] !== 'string' || !isObject(payload))
    throw new Refusal('invalid_metadata_schema');
  if (!Object.values(payload).every(isFlat)) throw new Refusal('invalid_metadata_schema');
  if (Buffer.byteLength(JSON.stringify(value)) > LIMITS.metadataBytes)
    throw new Refusal('metadata_too_large');
  return value;
}

/** A plain value, or an object of plain values. */
function isFlat(value: unknown): boolean {
  return isPlain(value) || (isObject(value) && Object.values(value).every(isPlain));
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
