import { describe, expect, it } from 'vitest';
import { AccessPolicy } from '../../../src/core/access/access-policy.ts';
import type { AccessConfig, AccessRule } from '../../../src/core/config/config.ts';
import type { ChatReference, ChatUser } from '../../../src/core/ports/chat.ts';

const WHERE = { platform: 'slack', tenant: 'T1', channel: 'C1' } as ChatReference;
const OWN = { platform: 'terminal', tenant: 'local' } as Pick<ChatReference, 'platform' | 'tenant'>;
const ANA: ChatUser = { id: 'U1', name: 'ana', groups: ['G1', 'G2'] };

function roleWith(rules: readonly AccessRule[], user = ANA, where = WHERE): string {
  return policyWith({ rules }).roleOf(user, where);
}

function policyWith(config: Partial<AccessConfig>): AccessPolicy {
  const usual = { defaultRole: 'viewer', guestRole: 'viewer', strangerRole: 'none', rules: [] } as const;
  return new AccessPolicy({ ...usual, ...config }, OWN);
}

describe('the role of somebody', () => {
  it('is the default where no rule fits', () => {
    expect(roleWith([])).toBe('viewer');
    expect(roleWith([{ role: 'admin', users: ['U2'] }])).toBe('viewer');
  });

  it.each<[string, AccessRule]>([
    ['platform', { role: 'operator', platform: 'slack' as never }],
    ['tenant', { role: 'operator', tenant: 'T1' }],
    ['user', { role: 'operator', users: ['U0', 'U1'] }],
    ['group', { role: 'operator', groups: ['G2'] }],
    ['channel', { role: 'operator', channels: ['C1'] }],
    [
      'everything at once',
      {
        role: 'operator',
        platform: 'slack' as never,
        tenant: 'T1',
        users: ['U1'],
        groups: ['G1'],
        channels: ['C1'],
      },
    ],
  ])('comes from a rule by %s', (_title, rule) => {
    expect(roleWith([rule])).toBe('operator');
  });

  it.each<[string, AccessRule]>([
    ['platform', { role: 'operator', platform: 'discord' as never, users: ['U1'] }],
    ['tenant', { role: 'operator', tenant: 'T2', users: ['U1'] }],
    ['user', { role: 'operator', users: ['U2'], channels: ['C1'] }],
    ['group', { role: 'operator', groups: ['G9'], users: ['U1'] }],
    ['channel', { role: 'operator', channels: ['C9'], users: ['U1'] }],
    ['empty list', { role: 'operator', users: [] }],
  ])('does not come from a rule with another %s', (_title, rule) => {
    expect(roleWith([rule])).toBe('viewer');
  });

  it('is the highest that a rule gives, and may be lower than the default', () => {
    const rules: AccessRule[] = [
      { role: 'admin', users: ['U1'] },
      { role: 'viewer', groups: ['G1'] },
      { role: 'operator', channels: ['C1'] },
    ];
    expect(roleWith(rules)).toBe('admin');
    const lower = policyWith({ defaultRole: 'operator', rules: [{ role: 'viewer', groups: ['G1'] }] });
    expect(lower.roleOf(ANA, WHERE)).toBe('viewer');
  });

  it("is admin at the bot's own machine, until a rule says otherwise", () => {
    const here = { ...OWN, channel: 'terminal' } as ChatReference;
    expect(roleWith([], ANA, here)).toBe('admin');
    expect(roleWith([], ANA, { ...here, tenant: 'elsewhere' })).toBe('viewer');
    expect(roleWith([{ role: 'operator', platform: OWN.platform }], ANA, here)).toBe('operator');
    expect(roleWith([{ role: 'operator', users: ['U2'] }], ANA, here)).toBe('admin');
  });
});

describe('guests and strangers', () => {
  const guest: ChatUser = { id: 'U2', name: 'gus', groups: ['guest'] };
  const stranger: ChatUser = { id: 'U3', name: 'sam', groups: ['guest', 'stranger'] };

  it('have roles of their own, whatever the default is', () => {
    const policy = policyWith({ defaultRole: 'admin' });
    expect(policy.roleOf(guest, WHERE)).toBe('viewer');
    expect(policy.roleOf(stranger, WHERE)).toBe('none');
    expect(policyWith({ guestRole: 'operator', strangerRole: 'viewer' }).roleOf(stranger, WHERE)).toBe(
      'viewer',
    );
  });

  it('are not meant by a rule for a place, a workspace or a chat', () => {
    const rules: AccessRule[] = [{ role: 'operator', channels: ['C1'], tenant: 'T1' }];
    expect(policyWith({ rules }).roleOf(ANA, WHERE)).toBe('operator');
    expect(policyWith({ rules }).roleOf(guest, WHERE)).toBe('viewer');
    expect(policyWith({ rules }).roleOf(stranger, WHERE)).toBe('none');
  });

  it('get what a rule gives them by user or by group', () => {
    const rules: AccessRule[] = [
      { role: 'operator', groups: ['guest'], channels: ['C1'] },
      { role: 'admin', users: ['U3'] },
    ];
    expect(policyWith({ rules }).roleOf(guest, WHERE)).toBe('operator');
    expect(policyWith({ rules }).roleOf(guest, { ...WHERE, channel: 'C2' })).toBe('viewer');
    expect(policyWith({ rules }).roleOf(stranger, WHERE)).toBe('admin');
  });

  it('without a role are refused even to look', () => {
    expect(policyWith({}).check(stranger, WHERE, 'viewer', 'list')).toEqual({
      ok: false,
      problems: [{ code: 'chat.forbidden', parameters: { verb: 'list', role: 'viewer' } }],
    });
  });
});

it('a check names the role that is missing', () => {
  const policy = policyWith({});
  expect(policy.check(ANA, WHERE, 'viewer', 'status')).toEqual({ ok: true, value: 'viewer' });
  expect(policy.check(ANA, WHERE, 'operator', 'cancel')).toEqual({
    ok: false,
    problems: [{ code: 'chat.forbidden', parameters: { verb: 'cancel', role: 'operator' } }],
  });
});
