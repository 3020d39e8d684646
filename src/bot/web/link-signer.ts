import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkSecrets } from '../../core/config/link-secrets.ts';

/** Hexadecimal: signs of other alphabets can be markup in a chat. */
const SIGNATURE = /^[0-9a-f]{64}$/;

/** HMAC-SHA-256 over a list of words. */
export class LinkSigner {
  readonly #secrets: LinkSecrets;

  /** The first secret signs; what any of them has signed is good. */
  constructor(secrets: LinkSecrets) {
    this.#secrets = secrets;
  }

  /** 64 hexadecimal digits. */
  sign(words: readonly string[]): string {
    return signature(words, this.#secrets[0].reveal()).toString('hex');
  }

  /** Whether these very words were signed; takes the same time wherever the signature is wrong. */
  isSigned(words: readonly string[], given: string): boolean {
    if (!SIGNATURE.test(given)) return false;
    const bytes = Buffer.from(given, 'hex');
    const matches = this.#secrets.map((secret) => timingSafeEqual(signature(words, secret.reveal()), bytes));
    return matches.includes(true);
  }
}

/** As JSON: the limits between the words are signed too. */
function signature(words: readonly string[], secret: string): Buffer {
  return createHmac('sha256', secret).update(JSON.stringify(words)).digest();
}
