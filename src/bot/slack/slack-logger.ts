import { LogLevel, type Logger as SlackLogger } from '@slack/web-api';
import type { Logger } from 'pino';

/**
 * Our logger in the shape that Slack's libraries want. What they call debugging is left out: it holds whole requests.
 */
export function slackLogger(logger: Logger): SlackLogger {
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: readonly unknown[]): void => {
      logger[level]({ library: 'slack' }, parts.map(wordsOf).join(' '));
    };
  return {
    debug: () => undefined,
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

/** An error in full would hold the request. */
function wordsOf(part: unknown): string {
  return part instanceof Error ? part.message : String(part);
}
