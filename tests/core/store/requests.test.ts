import { describe, expect, it } from 'vitest';
import type { LaneName, PrincipalId, RequestId } from '../../../src/core/ids.ts';
import type { NewRequest } from '../../../src/core/store/requests.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from './open-store.ts';

const LANE = 'here/cpu' as LaneName;

interface Bench {
  readonly store: Store;
  readonly ana: PrincipalId;
  readonly ben: PrincipalId;
  readonly add: (id: string, more?: Partial<NewRequest>) => RequestId;
}

async function open(): Promise<Bench> {
  const { store } = await openStore();
  const ana = somebody(store).id;
  const ben = somebody(store, 'ben').id;
  let at = 0;
  const add = (id: string, more: Partial<NewRequest> = {}): RequestId => {
    at += 1;
    store.requests.insert({ id: id as RequestId, owner: ana, varied: ['seed'], at, ...more });
    return id as RequestId;
  };
  return { store, ana, ben, add };
}

const ids = (found: readonly { readonly id: RequestId }[]) => found.map(({ id }) => id);

describe('a request', () => {
  it('is given back as it was stored', async () => {
    const { store, ana, add } = await open();
    const first = add('rq_a1', { varied: ['seed', 'edge'], at: 7 });
    const next = add('rq_a2', { varied: [], parent: first, at: 8 });
    const single = { id: 'rq_a3' as RequestId, owner: ana, at: 9 };
    store.requests.insert(single);

    const common = { owner: ana, ownerName: 'ana' };
    expect(store.requests.get(first)).toEqual({
      ...{ ...common, id: first, isBatch: true, varied: ['seed', 'edge'], createdAt: 7 },
    });
    expect(store.requests.get(next)).toEqual({
      ...{ ...common, id: next, isBatch: true, varied: [], createdAt: 8, parent: first },
    });
    expect(store.requests.get(single.id)).toEqual({
      ...{ ...common, id: single.id, isBatch: false, varied: [], createdAt: 9 },
    });
    expect(store.requests.get('rq_none' as RequestId)).toBeUndefined();
  });

  it('that waits for a yes is none yet, and is made when it is given', async () => {
    const { store, ana, add } = await open();
    const proposed = { id: 'rq_p' as RequestId, owner: ana, at: 1 };
    store.requests.insert({ ...proposed, proposal: { model: 'preview' } });
    add('rq_other');

    expect(store.requests.proposal(proposed.id)).toEqual({ owner: ana, content: { model: 'preview' } });
    expect(store.requests.get(proposed.id)).toBeUndefined();
    expect(ids(store.requests.newest(9))).toEqual(['rq_other']);
    expect(store.requests.count()).toBe(1);

    add('rq_z', { at: 60 });
    store.requests.confirm(proposed.id, ['seed'], 50);
    expect(store.requests.proposal(proposed.id)).toBeUndefined();
    expect(store.requests.get(proposed.id)).toMatchObject({ isBatch: true, varied: ['seed'], createdAt: 50 });
    expect(store.requests.get('rq_other' as RequestId)).toMatchObject({ createdAt: 1 });
    expect(ids(store.requests.newest(9))).toEqual(['rq_z', proposed.id, 'rq_other']);
  });
});

describe('requests of many', () => {
  it('are listed newest first, all of them or those of one person, without single runs', async () => {
    const { store, ana, ben, add } = await open();
    for (const id of ['rq_1', 'rq_2', 'rq_3']) add(id);
    add('rq_4', { owner: ben });
    store.requests.insert({ id: 'rq_5' as RequestId, owner: ana, at: 9 });

    expect(ids(store.requests.newest(9))).toEqual(['rq_4', 'rq_3', 'rq_2', 'rq_1']);
    expect(ids(store.requests.newest(2))).toEqual(['rq_4', 'rq_3']);
    for (const id of ['rq_7', 'rq_6']) add(id, { owner: somebody(store, 'eve').id, at: 100 });
    expect(ids(store.requests.newest(2))).toEqual(['rq_6', 'rq_7']);
    expect(ids(store.requests.newest(2, ana))).toEqual(['rq_3', 'rq_2']);
    expect(ids(store.requests.newest(9, ben))).toEqual(['rq_4']);
    expect([store.requests.count(), store.requests.count(ana), store.requests.count(ben)]).toEqual([6, 3, 1]);
  });

  it('are found by the beginning of their id, newest first', async () => {
    const { store, ana, ben, add } = await open();
    for (const id of ['rq_ab1', 'rq_ab2', 'rq_ac']) add(id);
    add('rq_ab3', { owner: ben });
    store.requests.insert({ id: 'rq_ab4' as RequestId, owner: ana, at: 9 });
    store.requests.insert({ id: 'rq_ab5' as RequestId, owner: ana, at: 10, proposal: {} });

    expect(ids(store.requests.matching('rq_ab', 9))).toEqual(['rq_ab3', 'rq_ab2', 'rq_ab1']);
    expect(ids(store.requests.matching('rq_ab', 1))).toEqual(['rq_ab3']);
    expect(store.requests.idsMatching(ana, 'rq_ab', 9)).toEqual(['rq_ab5', 'rq_ab2', 'rq_ab1']);
    expect(store.requests.idsMatching(ana, 'rq_ab', 1)).toEqual(['rq_ab5']);
    expect(store.requests.idsMatching(ben, 'rq_ab', 9)).toEqual(['rq_ab3']);
    expect(store.requests.idsMatching(ben, 'rq_b', 9)).toEqual([]);
  });
});

describe('a contact sheet', () => {
  it('is due for requests of many of which no run waits or works, oldest first, until it is settled', async () => {
    const { store, add } = await open();
    const prompt = addPrompt(store, somebody(store), 'street');
    const of = (requestId: RequestId) => addRun(store, prompt, minimal(), { requestId });
    const cancelled = (requestId: RequestId) => store.cancellation.request(of(requestId), somebody(store).id);
    add('rq_empty');
    const younger = add('rq_younger', { at: 100 });
    const older = add('rq_older', { at: 50 });
    const waits = add('rq_waits');
    for (const request of [younger, older, waits]) cancelled(request);
    of(waits);
    expect(ids(store.requests.withoutSheet(9))).toEqual([older, younger]);
    expect(ids(store.requests.withoutSheet(1))).toEqual([older]);

    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    expect(ids(store.requests.withoutSheet(9))).toEqual([older, younger]);
    store.attempts.end(attempt, { outcome: 'done', outputs: [] });
    expect(ids(store.requests.withoutSheet(9))).toEqual([waits, older, younger]);

    store.requests.settleSheet(older, 1);
    expect(ids(store.requests.withoutSheet(9))).toEqual([waits, younger]);
  });

  it('is not due for a run that is shown by itself', async () => {
    const { store } = await open();
    const run = addRun(store, addPrompt(store, somebody(store), 'street'), minimal());
    store.cancellation.request(run, somebody(store).id);
    expect(store.requests.withoutSheet(9)).toEqual([]);
  });
});
