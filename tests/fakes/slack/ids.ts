import { randomBytes, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** What an id names: team, app, user, bot, channels, file, user group, view, event, event authorisation. */
type IdPrefix = 'T' | 'A' | 'U' | 'B' | 'C' | 'D' | 'G' | 'F' | 'S' | 'V' | 'Ev' | 'Rx';

/** A new id of Slack's shape: prefix and ten digits or capital letters. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}0${Array.from({ length: 9 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;
}

export function newBotToken(): string {
  return `xoxb-${randomInt(1e11)}-${randomInt(1e11)}-${randomBytes(12).toString('hex')}`;
}

/** Names its app. */
export function newAppToken(app: string): string {
  return `xapp-1-${app}-${randomInt(1e11)}-${randomBytes(24).toString('hex')}`;
}

/** A secret in hexadecimal digits, as signing secrets and tickets are. */
export function newSecret(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

export function newTriggerId(): string {
  return `${randomInt(1e12)}.${randomInt(1e12)}.${newSecret()}`;
}
