import type { RespondArguments } from '@slack/bolt';

/** How long Slack may take for it, ms. */
const DEADLINE_MS = 10_000;

/** Answers an event at its own address, unless `ended` aborts before. Throws where Slack does not take it. */
export async function respond(url: string, message: RespondArguments, ended: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(message),
    redirect: 'error',
    signal: AbortSignal.any([ended, AbortSignal.timeout(DEADLINE_MS)]),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Slack answers HTTP ${response.status}`);
}
