import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { toCosmosError } from '../../core/errors.ts';
import type { RunId } from '../../core/ids.ts';
import { resultFile } from '../chat/run-files.ts';
import { WEB_WORDS } from '../wording/web-words.ts';
import type { FileLinks, LinkedFile } from './file-links.ts';
import { type SendOutcome, sendOutput } from './send-output.ts';

export interface WebAppParts {
  readonly api: Pick<CosmosApi, 'getRun'>;
  readonly links: Pick<FileLinks, 'check'>;
  /** Path of the public address, which proxies pass on; empty or `/…` without a slash at the end. */
  readonly basePath: string;
  readonly logger: Logger;
}

type Web = { Bindings: HttpBindings };

/** What holds for every answer: nobody keeps, frames, guesses or tells on. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'private, no-store, no-transform',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-site',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
};

/**
 * The web pages of the bot: `GET` and `HEAD /files/RUN/OUTPUT/NAME?expires=…&signature=…`. Whatever else is asked for is
 * not there, and what was not signed is answered just so; no answer tells which files exist.
 */
export function webApp(parts: WebAppParts): Hono<Web> {
  const app = new Hono<Web>().basePath(parts.basePath);
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.env.outgoing.setHeader(name, value);
    await next();
  });
  app.get('/files/:run/:output/:name', async (context) => await answer(context, linkedFile(context), parts));
  app.notFound((context) => context.text(WEB_WORDS.notFound, 404));
  app.onError((error, context) => {
    parts.logger.error({ err: toCosmosError(error) }, 'a request of the web failed');
    return context.text(WEB_WORDS.failed, 500);
  });
  return app;
}

async function answer(
  context: Context<Web>,
  file: LinkedFile,
  { api, links, logger }: WebAppParts,
): Promise<Response> {
  const state = links.check(file);
  if (state === 'forged') return context.notFound();
  if (state === 'expired') return context.text(WEB_WORDS.expired(file.run), 410);
  const run = api.getRun(file.run as RunId);
  const position = Number(file.output);
  const output = run?.outputs[position];
  const upload = run && resultFile(run, position);
  if (output === undefined || upload === undefined) return context.text(WEB_WORDS.gone(file.run), 410);
  const { incoming, outgoing } = context.env;
  // The address is never logged: whoever has it has the file.
  const log = logger.child({ run: file.run, output: position });
  let outcome: SendOutcome;
  try {
    outcome = await sendOutput(output, upload, incoming, outgoing as ServerResponse);
  } catch (error) {
    if (!outgoing.headersSent) throw error;
    log.info({ err: toCosmosError(error) }, 'a file was not sent to its end');
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  if (outcome === 'gone') {
    log.warn('a linked file is not there any more, or is not what it was');
    return context.text(WEB_WORDS.gone(file.run), 410);
  }
  log.info(outcome, 'a linked file was sent');
  return RESPONSE_ALREADY_SENT;
}

function linkedFile(context: Context<Web, '/files/:run/:output/:name'>): LinkedFile {
  const { run, output, name } = context.req.param();
  const { expires = '', signature = '' } = context.req.query();
  return { run, output, name, expires, signature };
}
