import { isObject, type JsonObject, objectsOf, stringAt } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { MESSAGE_FLAGS } from '../numbers.ts';
import { isSnowflake } from '../snowflakes.ts';
import { Complaints } from './complaints.ts';
import { checkComponents } from './component-check.ts';
import { checkEmbeds } from './embed-check.ts';

/** What a bot wants a message to be; undefined is what it said nothing of. */
export interface Draft {
  readonly content: string | undefined;
  readonly embeds: readonly JsonObject[] | undefined;
  readonly components: readonly JsonObject[] | undefined;
  /** Files to keep (by id) and descriptions of new ones (by number). */
  readonly attachments: readonly JsonObject[] | undefined;
  readonly flags: number;
  readonly nonce: string | number | undefined;
  readonly enforceNonce: boolean;
  readonly allowedMentions: JsonObject | undefined;
  /** The message that it answers. */
  readonly replyTo: string | undefined;
}

const SETTABLE =
  MESSAGE_FLAGS.SUPPRESS_EMBEDS | MESSAGE_FLAGS.SUPPRESS_NOTIFICATIONS | MESSAGE_FLAGS.COMPONENTS_V2;

interface CheckOptions {
  /** Flags that it has already. */
  readonly flags?: number;
  /** Ephemeral is a flag of answers to interactions only. */
  readonly ephemeralAllowed?: boolean;
}

/** Limits of a message's body. Throws 50035. */
export function checkMessage(body: JsonObject, options: CheckOptions = {}): Draft {
  const complaints = new Complaints();
  const allowed = SETTABLE | (options.ephemeralAllowed ? MESSAGE_FLAGS.EPHEMERAL : 0);
  const flags = (Number(body['flags'] ?? 0) & allowed) | (options.flags ?? 0);
  const isVersion2 = (flags & MESSAGE_FLAGS.COMPONENTS_V2) !== 0;
  const content = body['content'];
  if (typeof content === 'string' && content.length > LIMITS.content) {
    complaints.add('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.content} or fewer in length.`);
  }
  const embeds = checkEmbeds(body['embeds'], complaints);
  const components = checkComponents(body['components'], complaints, isVersion2);
  if (isVersion2 && ((typeof content === 'string' && content !== '') || embeds.length > 0)) {
    const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
    complaints.add(
      embeds.length > 0 ? 'embeds' : 'content',
      code,
      'The field cannot be used with this flag.',
    );
  }
  const nonce = checkNonce(body['nonce'], complaints);
  checkAllowedMentions(body['allowed_mentions'], complaints);
  if (objectsOf(body['attachments']).length > LIMITS.attachments) {
    complaints.add(
      'attachments',
      'BASE_TYPE_MAX_LENGTH',
      `Must be ${LIMITS.attachments} or fewer in length.`,
    );
  }
  complaints.raise();
  const reference = body['message_reference'];
  return {
    content: textOf(content),
    embeds: body['embeds'] === undefined ? undefined : embeds,
    components: body['components'] === undefined ? undefined : components,
    attachments: body['attachments'] === undefined ? undefined : objectsOf(body['attachments']),
    flags,
    nonce,
    enforceNonce: body['enforce_nonce'] === true,
    allowedMentions: isObject(body['allowed_mentions']) ? body['allowed_mentions'] : undefined,
    replyTo: isObject(reference) ? stringAt(reference, 'message_id') : undefined,
  };
}

function textOf(content: unknown): string | undefined {
  if (content === undefined) return undefined;
  return content === null ? '' : String(content);
}

function checkNonce(nonce: unknown, complaints: Complaints): string | number | undefined {
  if (nonce === undefined || nonce === null) return undefined;
  if (typeof nonce === 'number' && Number.isSafeInteger(nonce)) return nonce;
  if (typeof nonce === 'string' && nonce.length <= LIMITS.nonce) return nonce;
  complaints.add('nonce', 'NONCE_TYPE_TOO_LONG', `Must be ${LIMITS.nonce} or fewer in length.`);
  return undefined;
}

function checkAllowedMentions(value: unknown, complaints: Complaints): void {
  if (!isObject(value)) return;
  const parse = Array.isArray(value['parse']) ? value['parse'] : [];
  parse.forEach((each: unknown, index) => {
    complaints.choice(`allowed_mentions.parse.${index}`, each, ['users', 'roles', 'everyone']);
  });
  for (const key of ['users', 'roles'] as const) {
    const ids: readonly unknown[] = Array.isArray(value[key]) ? value[key] : [];
    if (ids.length > 100) complaints.length(`allowed_mentions.${key}`, 0, 100);
    if (!ids.every(isSnowflake)) {
      complaints.add(`allowed_mentions.${key}`, 'NUMBER_TYPE_COERCE', 'Value is not snowflake.');
    }
    if (ids.length > 0 && parse.includes(key)) {
      complaints.add(
        'allowed_mentions',
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`,
      );
    }
  }
}
