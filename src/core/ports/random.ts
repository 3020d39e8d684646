/** Source of randomness; a fake one makes ids predictable in tests. */
export interface Random {
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}
