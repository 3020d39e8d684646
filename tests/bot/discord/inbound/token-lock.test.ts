import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { tokenLockPath } from '../../../../src/bot/discord/inbound/token-lock.ts';
import { Secret } from '../../../../src/core/ports/secret.ts';

it('one token has one lock on a machine, whatever directory the bot works in, and another token another one', () => {
  const path = tokenLockPath(new Secret('first'));
  expect(tokenLockPath(new Secret('first'))).toBe(path);
  expect(tokenLockPath(new Secret('second'))).not.toBe(path);
  expect(basename(dirname(path))).toBe(`cosmos-bot-${process.getuid?.() ?? 0}`);
});

it('the lock tells nothing of the token', () => {
  const token = 'MTIz.abcd.0123456789';
  expect(tokenLockPath(new Secret(token), '/locks')).toMatch(
    /^\/locks\/cosmos-bot-\d+\/discord-[0-9a-f]{20}\.lock$/,
  );
});
