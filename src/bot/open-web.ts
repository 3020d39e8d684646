import type { Logger } from 'pino';
import type { Config } from '../core/config/config.ts';
import { linkSecrets } from '../core/config/link-secrets.ts';
import type { SecretLookup } from '../core/config/secret.ts';
import type { CosmosApi } from '../core/cosmos-api.ts';
import { type Checked, valid } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import { FileLinks } from './web/file-links.ts';
import type { WebServer } from './web/web-server.ts';

export interface WebParts {
  readonly api: Pick<CosmosApi, 'getRun'>;
  readonly secrets: SecretLookup;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The configured web server, not yet started; none where none is configured. Problems: those of `linkSecrets`. */
export async function openWeb(
  { web: config }: Pick<Config, 'web'>,
  { api, secrets, clock, logger }: WebParts,
): Promise<Checked<WebServer | undefined>> {
  if (config === undefined) return valid(undefined);
  const found = linkSecrets(config, secrets);
  if (!found.ok) return found;
  const links = new FileLinks({ web: config, secrets, clock });
  // Its library is for those who serve: no command must wait for it.
  const { WebServer } = await import('./web/web-server.ts');
  return valid(new WebServer({ config, api, links, clock, logger }));
}
