import { describe, expect, it } from 'vitest';
import { AccessPolicy } from '../../../src/core/access/access-policy.ts';
import type { AccessRule } from '../../../src/core/config/config.ts';
import type { ChatReference, ChatUser } from '../../../src/core/ports/chat.ts';

const WHERE = { platform: 'slack', tenant: 'T1', channel: 'C1' } as ChatReference;
const OWN = { platform: 'terminal', tenant: 'local' } as Pick<ChatReference, 'platform' | 'tenant'>;
const ANA: ChatUser = { id: 'U1', name: 'ana', groups: ['G1', 'G2'] };

function roleWith(rules: readonly AccessRule[], user = ANA, where = WHERE): string {
  return new AccessPolicy({ defaultRole: 'viewer', rules }, OWN).roleOf(user, where);
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
    const guests = new AccessPolicy(
      { defaultRole: 'operator', rules: [{ role: 'viewer', groups: ['G1'] }] },
      OWN,
    );
    expect(guests.roleOf(ANA, WHERE)).toBe('viewer');
  });

  it("is admin at the bot's own machine, until a rule says otherwise", () => {
    const here = { ...OWN, channel: 'terminal' } as ChatReference;
    expect(roleWith([], ANA, here)).toBe('admin');
    expect(roleWith([], ANA, { ...here, tenant: 'elsewhere' })).toBe('viewer');
    expect(roleWith([{ role: 'operator', platform: OWN.platform }], ANA, here)).toBe('operator');
    expect(roleWith([{ role: 'operator', users: ['U2'] }], ANA, here)).toBe('admin');
  });
});

it('a check names the role that is missing', () => {
  const policy = new AccessPolicy({ defaultRole: 'viewer', rules: [] }, OWN);
  expect(policy.check(ANA, WHERE, 'viewer', 'status')).toEqual({ ok: true, value: 'viewer' });
  expect(policy.check(ANA, WHERE, 'operator', 'cancel')).toEqual({
    ok: false,
    problems: [{ code: 'chat.forbidden', parameters: { verb: 'cancel', role: 'operator' } }],
  });
});
