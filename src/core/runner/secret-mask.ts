import type { Secret } from '../ports/secret.ts';

/** A shorter value would be found in words that have nothing to do with it, bytes. */
const SHORTEST = 6;
const STAR = 0x2a;

/** Puts stars over the secrets of a job in what it printed. Lengths stay the same: a copy's length is its offset. */
export class SecretMask {
  readonly #values: readonly Buffer[];

  /** Values of less than six bytes are not looked for. */
  constructor(secrets: Iterable<Secret> = []) {
    this.#values = [...secrets]
      .map((secret) => Buffer.from(secret.reveal()))
      .filter(({ length }) => length >= SHORTEST);
  }

  /** The bytes with stars in place of every whole secret; the same array where there is none. */
  cover(bytes: Uint8Array): Uint8Array {
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const places = this.#values.flatMap((value) => placesOf(value, found));
    if (places.length === 0) return bytes;
    const covered = Buffer.from(found);
    for (const [begin, end] of places) covered.fill(STAR, begin, end);
    return covered;
  }

  /**
   * How many bytes at the end have to wait: what may be the beginning of a secret whose rest is still to come, and a
   * whole secret that reaches into it, which nobody would know again by its two halves.
   */
  unsure(bytes: Uint8Array): number {
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const sure = found.length - Math.max(0, ...this.#values.map((value) => begunLength(value, found)));
    const cut = this.#values
      .flatMap((value) => placesOf(value, found))
      .filter(([begin, end]) => begin < sure && sure < end);
    return found.length - Math.min(sure, ...cut.map(([begin]) => begin));
  }
}

/** Also of those that overlap. */
function placesOf(value: Buffer, bytes: Buffer): readonly (readonly [number, number])[] {
  const places: (readonly [number, number])[] = [];
  for (let at = bytes.indexOf(value); at !== -1; at = bytes.indexOf(value, at + 1)) {
    places.push([at, at + value.length]);
  }
  return places;
}

function begunLength(value: Buffer, bytes: Buffer): number {
  for (let length = Math.min(value.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(-length).equals(value.subarray(0, length))) return length;
  }
  return 0;
}
