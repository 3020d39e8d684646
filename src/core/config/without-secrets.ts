import type { Problem } from '../errors.ts';

/** What stands in place of a secret that somebody wrote where everybody reads it. */
export const HIDDEN = '[hidden]';

/** Keys under which only references to secrets belong. */
const SECRET_KEY = /secret|token|password|passwd|passphrase|credential|api_?key/i;

/** How the tokens of services begin that a bot has to do with, whatever their length. */
const TOKEN = /^(?:xox[a-z]|xapp|hf|gh[a-z]|github|glpat|nvapi|sk)[-_][\w-]{6,}$/i;

/** A word of a token: what is kept together by signs that base64 and its like have. */
const WORD = /[A-Za-z0-9_~+=-]{8,}/g;

/** What somebody is let in with stands before the `@` of an address. */
const USER_INFORMATION = /(\/\/)[^/\s@"]+(?=@)/g;

/** GPUs have names that are as long as tokens. */
const GPU = /^(?:GPU|MIG)-[0-9a-f-]+$/i;

/** Characters from which on a word of mixed characters is not one that somebody chose. */
const LONG = 20;

/** Whether a key says that its value is kept from others. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** The text with `[hidden]` in place of everything in it that looks like a token, a key, or a password in an address. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(USER_INFORMATION, `$1${HIDDEN}`)
    .replaceAll(WORD, (word) => (looksSecret(word) ? HIDDEN : word));
}

/** The problem without what looks like a secret; the file and the variable that it names are none. */
export function withoutSecretParameters({ code, parameters }: Problem): Problem {
  const entries = Object.entries(parameters).map(([name, value]) => {
    if (typeof value !== 'string' || NAMES.has(name)) return [name, value];
    return [name, withoutSecrets(value)];
  });
  return { code, parameters: Object.fromEntries(entries) };
}

const NAMES: ReadonlySet<string> = new Set(['file', 'variable', 'pattern']);

function looksSecret(word: string): boolean {
  if (GPU.test(word)) return false;
  if (TOKEN.test(word)) return true;
  if (word.length < LONG || !/\d/.test(word)) return false;
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word);
  return isMixed || /^(?:[0-9a-fA-F]+|[0-9A-Z]+)$/.test(word);
}
