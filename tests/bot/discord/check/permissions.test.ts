import { readFileSync } from 'node:fs';
import { PermissionFlagsBits as Bits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import {
  INVITED_BITS,
  inviteLink,
  type Member,
  missingOf,
  PERMISSIONS,
  permissionsIn,
} from '../../../../src/bot/discord/check/permissions.ts';

const GUILD = '1';
const ARTISTS = '2';
const ROBOTS = '3';
const COSMOS = '9';
const MEMBER: Member = {
  ...{ guild: GUILD, user: COSMOS, roles: [ARTISTS, ROBOTS] },
  permissions: Bits.ViewChannel | Bits.SendMessages,
};

function overwrite(id: string, { allow = 0n, deny = 0n }: { allow?: bigint; deny?: bigint }) {
  return { id, allow, deny };
}

describe('what the bot needs', () => {
  it('is the number of the invite link, and no more', () => {
    expect(INVITED_BITS).toBe(309237763136n);
    expect(inviteLink('42')).toContain('permissions=309237763136&scope=bot+applications.commands');
  });

  it('is what the documentation asks for', () => {
    const page = readFileSync(new URL('../../../../docs/discord.md', import.meta.url), 'utf8');
    expect(page).toContain(inviteLink('<application id>').replaceAll('%3C', '<').replace('+id%3E', ' id>'));
    const rows = PERMISSIONS.map(({ name, use }) => `| ${name} | ${use} |`);
    expect(page).toContain(`| permission | what for |\n| --- | --- |\n${rows.join('\n')}\n`);
  });

  it('is all there for an administrator', () => {
    expect(missingOf(Bits.Administrator)).toEqual([]);
    expect(missingOf(INVITED_BITS & ~Bits.AttachFiles)).toEqual(['Attach Files']);
  });

  it('does not miss what nothing uses', () => {
    expect(missingOf(INVITED_BITS & ~Bits.AddReactions)).toEqual([]);
    expect(missingOf(0n)).toHaveLength(7);
  });
});

describe('permissions in a channel', () => {
  it('are those in the guild where the channel says nothing', () => {
    expect(permissionsIn(MEMBER, [])).toBe(MEMBER.permissions);
  });

  it('of a role win over those of everybody, and allowing over denying among roles', () => {
    const overwrites = [
      overwrite(GUILD, { deny: Bits.SendMessages }),
      overwrite(ARTISTS, { deny: Bits.AttachFiles | Bits.SendMessages }),
      overwrite(ROBOTS, { allow: Bits.SendMessages }),
    ];
    expect(permissionsIn(MEMBER, overwrites)).toBe(Bits.ViewChannel | Bits.SendMessages);
    expect(permissionsIn(MEMBER, overwrites.toReversed())).toBe(Bits.ViewChannel | Bits.SendMessages);
  });

  it('of the member itself win over all others', () => {
    const overwrites = [
      overwrite(COSMOS, { deny: Bits.SendMessages }),
      overwrite(ROBOTS, { allow: Bits.SendMessages }),
    ];
    expect(permissionsIn(MEMBER, overwrites)).toBe(Bits.ViewChannel);
  });

  it('are none where the channel is not seen', () => {
    expect(permissionsIn(MEMBER, [overwrite(GUILD, { deny: Bits.ViewChannel })])).toBe(0n);
  });

  it('of other members and roles do not count', () => {
    expect(permissionsIn(MEMBER, [overwrite('7', { deny: Bits.ViewChannel })])).toBe(MEMBER.permissions);
  });
});
