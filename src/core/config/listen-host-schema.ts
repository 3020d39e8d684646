import { isIP } from 'node:net';
import { z } from 'zod';

/** Labels of a host name, 63 characters each (RFC 1123). */
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*$/;

/** An address or name of this machine at which a server listens. Problem: `config.invalid_value` with `no_host`. */
export const listenHostSchema = z.string().superRefine((given, context) => {
  if (isIP(given) !== 0 || HOST_NAME.test(given)) return;
  const parameters = { given: JSON.stringify(given), reason: 'no_host' };
  context.addIssue({ code: 'custom', params: { code: 'config.invalid_value', parameters } });
});
