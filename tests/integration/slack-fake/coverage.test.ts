import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { implementedMethods } from '../../fakes/slack/method-table.ts';

const ADAPTER = fileURLToPath(new URL('../../../src/bot/slack', import.meta.url));
const CALL = /\b(apps\.connections|[a-z]+)\.([a-zA-Z]+)\(/g;
/** Called by the library of Socket Mode in the adapter's name. */
const BY_LIBRARIES = ['apps.connections.open'];

/** True for what the library calls a method of the Web API. */
function isMethod(name: string): boolean {
  const client: unknown = new WebClient();
  const found = name
    .split('.')
    .reduce<unknown>(
      (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
      client,
    );
  return !name.startsWith('logger.') && typeof found === 'function';
}

function calledMethods(): string[] {
  const sources = readdirSync(ADAPTER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ADAPTER, name), 'utf8'));
  const called = sources.flatMap((text) =>
    [...text.matchAll(CALL)].map(([, group, name]) => `${group}.${name}`),
  );
  return [...new Set([...called.filter(isMethod), ...BY_LIBRARIES])].sort();
}

it('the fake Slack has every method that the adapter calls, and these are all', () => {
  const called = calledMethods();
  expect(called.filter((name) => !implementedMethods.includes(name))).toEqual([]);
  expect(called).toMatchInlineSnapshot(`
    [
      "apps.connections.open",
      "auth.test",
      "bots.info",
      "chat.delete",
      "chat.postEphemeral",
      "chat.postMessage",
      "chat.update",
      "conversations.history",
      "conversations.info",
      "conversations.replies",
      "files.completeUploadExternal",
      "files.delete",
      "files.getUploadURLExternal",
      "files.info",
      "usergroups.list",
      "users.conversations",
      "users.info",
      "views.open",
      "views.publish",
      "views.update",
    ]
  `);
});
