import { describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';

const DAY_MS = 24 * 60 * 60_000;

describe('the ids of sent files', () => {
  it('are known by their key after a restart, the newest of each', async () => {
    const { store, again } = await openStore();
    expect(store.chatFiles.get('result:rs_1')).toBeUndefined();
    store.chatFiles.set('result:rs_1', 'F1');
    store.chatFiles.set('result:rs_2', 'F2');
    store.chatFiles.set('result:rs_1', 'F3');
    const other = again();
    expect([other.chatFiles.get('result:rs_1'), other.chatFiles.get('result:rs_2')]).toEqual(['F3', 'F2']);
  });

  it('are forgotten after 30 days', async () => {
    const { store, clock } = await openStore();
    store.chatFiles.set('old', 'F1');
    clock.advance(29 * DAY_MS);
    store.chatFiles.set('young', 'F2');
    expect(store.chatFiles.get('old')).toBe('F1');
    clock.advance(2 * DAY_MS);
    store.chatFiles.set('new', 'F3');
    expect([store.chatFiles.get('old'), store.chatFiles.get('young')]).toEqual([undefined, 'F2']);
  });
});
