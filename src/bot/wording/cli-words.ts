import type { Config } from '../../core/config/config.ts';

/** What the command line says beside the cards. */
export const EMBEDDED_DEFAULT =
  'No cosmos.toml here: using the embedded default (data in ./data, this machine, model preview).';

export const NO_BOT_RUNS =
  'No bot is running here: start one with `cosmos start`, or queue with --wait to run it from here.';

export const LEFT_RUNNING =
  'The run goes on. `cosmos start`, or `--wait` on another run, brings it to its end.';

/** Which ciphers SSH uses, and what the slow ones cost. */
export const CIPHERS = {
  native: 'SSH uses compiled ciphers.',
  javascript:
    'SSH uses ciphers in JavaScript: transfers reach about half of the speed. `npm run build:native` compiles faster ones.',
} as const;

export function started(config: Config): string {
  const lanes = config.hosts.flatMap((host) => host.lanes.map(({ name }) => name));
  const source = config.source.kind === 'file' ? config.source.path : 'the embedded default';
  return `cosmos is running with ${source}; lanes: ${lanes.join(', ')}. Name a video to make a prompt, type \`help\`, or \`exit\`.`;
}

export function demoEnd(path: string): string {
  return `The finished video: ${path}`;
}
