import type { CliOutput } from '../../src/bot/cli/cli-output.ts';
import { checkOnline } from '../../src/bot/cli/online-check.ts';
import type { Config } from '../../src/core/config/config.ts';
import { resolveSecret } from '../../src/core/config/secret.ts';

/** What `config check --online` prints for this configuration and these variables, and its exit code. */
export async function runOnlineCheck(config: Config, environment: Readonly<Record<string, string>>) {
  let text = '';
  const stream = { write: (words: string) => (text += words) };
  const settings = { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' };
  const output: CliOutput = { out: stream, error: stream, settings };
  const readFile = () => {
    throw new Error('no file');
  };
  const code = await checkOnline(
    config,
    (reference) => resolveSecret(reference, { environment, directory: '/', readFile }),
    output,
  );
  return { code, lines: text.trimEnd().split('\n') };
}
