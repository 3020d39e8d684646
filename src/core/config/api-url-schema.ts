import { z } from 'zod';

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Base address of a platform's API. Problem: `config.invalid_value` with the reason `no_url` or `not_encrypted`. */
export const apiUrlSchema = z.string().superRefine((given, context) => {
  const reason = urlFault(given);
  if (reason === undefined) return;
  context.addIssue({
    code: 'custom',
    params: { code: 'config.invalid_value', parameters: { given, reason } },
  });
});

/** Tokens go there with every call: in the clear only where they do not leave the machine. */
function urlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'no_url';
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return 'no_url';
  return url.protocol === 'http:' && !LOOPBACK.includes(url.hostname) ? 'not_encrypted' : undefined;
}
