import type { JsonObject } from '../slack/json.ts';

/** The API says no: a status with `{ code, message, errors? }`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly details: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    details: JsonObject = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }

  get body(): JsonObject {
    return { message: this.message, code: this.code, ...this.details };
  }
}

/** The usual ones. */
export const refuse = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  unknownAccount: () => new Refusal(404, 10001, 'Unknown Account'),
  unknownApplication: () => new Refusal(404, 10002, 'Unknown Application'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownUser: () => new Refusal(404, 10013, 'Unknown User'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new Refusal(404, 10063, 'Unknown application command'),
  tooLarge: () => new Refusal(413, 40005, 'Request entity too large'),
  alreadyAcknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged.'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  otherAuthor: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  missingPermissions: () => new Refusal(403, 50013, 'Missing Permissions'),
  invalidToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  archived: () => new Refusal(400, 50083, 'Thread is archived'),
  threadExists: () => new Refusal(400, 160004, 'A thread has already been created for this message'),
  locked: () => new Refusal(400, 160005, 'Thread is locked'),
  tooManyThreads: () => new Refusal(400, 160006, 'Maximum number of active threads reached'),
  oldEdits: (seconds: number) => tooManyOldEdits(seconds),
} as const;

function tooManyOldEdits(seconds: number): Refusal {
  const wait = Math.max(1, Math.ceil(seconds));
  return new Refusal(
    429,
    30046,
    'Maximum number of edits to messages older than 1 hour reached. Try again later',
    { retry_after: seconds, global: false },
    { 'retry-after': String(wait), 'x-ratelimit-scope': 'user' },
  );
}
