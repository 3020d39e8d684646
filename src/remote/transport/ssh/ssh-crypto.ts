import { createRequire } from 'node:module';

/**
 * Which ciphers connections use: the library's compiled ones, or, where they are not there or were built for another
 * Node, its own in JavaScript, with which transfers reach half of the speed or less. The library itself says nothing.
 */
export function sshCrypto(): 'native' | 'javascript' {
  try {
    createRequire(import.meta.url)('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
    return 'native';
  } catch (thrown) {
    if (thrown instanceof Error) return 'javascript';
    throw thrown;
  }
}
