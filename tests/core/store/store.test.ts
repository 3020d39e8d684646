import { describe, expect, it } from 'vitest';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { newId } from '../../../src/core/ids.ts';
import type { Random } from '../../../src/core/ports/random.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from './open-store.ts';

const LANE = 'here/cpu' as LaneName;

describe('ids', () => {
  it('that are taken are made again', async () => {
    /** Gives every value three times. */
    const source = new FakeRandom();
    let given = 0;
    let last = source.bytes(8);
    const stuttering: Random = {
      bytes: (count) => {
        if (given % 3 === 0) last = source.bytes(count);
        given += 1;
        return last;
      },
    };
    const { store } = await openStore(stuttering);
    const people = Array.from({ length: 9 }, (_, index) => somebody(store, `user ${index}`));
    expect(new Set(people.map(({ id }) => id)).size).toBe(9);
    const [owner] = people;
    if (owner === undefined) throw new Error('nobody is there');
    const prompts = Array.from({ length: 6 }, (_, index) => addPrompt(store, owner, `prompt ${index}`));
    const runs = prompts.map((prompt) => addRun(store, prompt, minimal()));
    const threads = runs.map((_, index) =>
      store.threads.ensure({ platform: 'terminal' as never, tenant: 'local', channel: `c${index}` }),
    );
    for (const [index, thread] of threads.entries()) {
      store.deliveries.ensure(`answer:${index}`, thread.id, {
        purpose: 'answer',
        card: { mark: 'none', title: [], blocks: [], actions: [] },
      });
    }
    expect(store.deliveries.open()).toHaveLength(6);
    const attempts = runs.map(() => {
      const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
      if (attempt !== undefined) store.attempts.end(attempt, { outcome: 'done', outputs: [] });
      return attempt?.id;
    });
    expect(new Set(attempts).size).toBe(6);
  });

  it('of the instance stays with the database', async () => {
    const { store, again } = await openStore();
    expect(again(new FakeRandom(77)).instance).toBe(store.instance);
  });

  it('look as documented', () => {
    expect(newId('rs', new FakeRandom())).toMatch(/^rs_[0-9a-hjkmnp-tv-z]{8}$/);
  });
});

describe('principals', () => {
  it('are one per platform, tenant and user, and follow their name', async () => {
    const { store, again } = await openStore();
    const ana = somebody(store);
    expect(
      again().principals.ensure({ platform: 'terminal', tenant: 'local', user: 'ana', name: 'Ana' }),
    ).toEqual({
      id: ana.id,
      name: 'Ana',
    });
    expect(store.principals.get(ana.id)).toEqual({
      ...{ id: ana.id, name: 'Ana' },
      ...{ platform: 'terminal', tenant: 'local', user: 'ana' },
    });
    const elsewhere = store.principals.ensure({
      platform: 'terminal',
      tenant: 'other',
      user: 'ana',
      name: 'ana',
    });
    expect(elsewhere.id).not.toBe(ana.id);
    expect(store.principals.get('pr_00000000' as never)).toBeUndefined();
  });
});

describe('prompts', () => {
  it('are found by the beginning of a name, the one of that very name first', async () => {
    const { store } = await openStore();
    const owner = somebody(store);
    const rain = addPrompt(store, owner, 'rain');
    const street = addPrompt(store, owner, 'rainy_street');
    const short = addPrompt(store, owner, 'ra');
    const idsOf = (text: string) => store.prompts.matching(text, 5).map(({ id }) => id);

    expect(idsOf('rainy')).toEqual([street.id]);
    expect(idsOf('rain')).toEqual([rain.id, street.id]);
    expect(idsOf('ra')).toEqual([short.id]);
    expect(idsOf('r')).toEqual([]);
    expect(idsOf('rainy_streets')).toEqual([]);
    store.prompts.setDiscarded(street.id, 1 as never);
    expect(idsOf('rainy')).toEqual([]);
    expect(store.prompts.matchingDiscarded('rain', 5).map(({ id }) => id)).toEqual([street.id]);
    expect(store.prompts.matchingDiscarded('ra', 5)).toEqual([]);
  });

  it('are found by id, prefix, name and text, with wildcards taken literally', async () => {
    const { store } = await openStore();
    const owner = somebody(store);
    const street = addPrompt(store, owner, 'rainy_street');
    const harbour = addPrompt(store, owner, '100%_harbour');
    expect(store.prompts.get(street.id)).toEqual(street);
    expect(store.prompts.matching(street.id.slice(0, 6), 5)).toEqual([street]);
    expect(store.prompts.matching('rainy_street', 5)).toEqual([street]);
    expect(store.prompts.search('0%_H', 5).map(({ id }) => id)).toEqual([harbour.id]);
    expect(store.prompts.search('rainyxstreet', 5)).toEqual([]);
    expect(store.prompts.newest(1)).toHaveLength(1);
    expect(store.prompts.count()).toBe(2);
    expect(store.prompts.isNameTaken('rainy_street')).toBe(true);
    expect(store.prompts.isNameTaken('sunny_street')).toBe(false);
  });

  it('are not half there when their inputs cannot be', async () => {
    const { store } = await openStore();
    const prompt = addPrompt(store, somebody(store), 'street');
    const [input] = prompt.inputs;
    if (input === undefined) throw new Error('the prompt has no input');
    const unknown = { ...input, role: 'depth' as const, asset: { ...input.asset, sha256: 'none' as never } };
    expect(() => store.prompts.replaceInputs(prompt.id, [input, unknown])).toThrow(
      expect.objectContaining({ code: 'store.failed' }),
    );
    expect(store.prompts.get(prompt.id)?.inputs).toEqual([input]);
    expect(store.assets.get(input.asset.sha256)).toEqual(input.asset);
    expect(store.assets.get('none' as never)).toBeUndefined();
  });
});

describe('runs', () => {
  it('are listed and counted by state, prompt and owner', async () => {
    const { store } = await openStore();
    const ana = somebody(store);
    const ben = somebody(store, 'ben');
    const street = addPrompt(store, ana, 'street');
    const harbour = addPrompt(store, ana, 'harbour');
    const first = addRun(store, street, minimal(), { queuedAt: 1 });
    const second = addRun(store, harbour, minimal(), { queuedAt: 2, owner: ben.id });
    const ids = (filter: Parameters<typeof store.runs.list>[0]) =>
      store.runs.list(filter).map(({ id }) => id);
    expect(ids({ limit: 5 })).toEqual([second, first]);
    expect(ids({ limit: 1 })).toEqual([second]);
    expect(ids({ limit: 5, owner: ana.id })).toEqual([first]);
    expect(ids({ limit: 5, promptId: harbour.id, state: 'queued' })).toEqual([second]);
    expect(store.runs.count({ state: 'done' })).toBe(0);
    expect(store.runs.countQueued(ben.id)).toBe(1);
    expect(store.runs.matching(first.slice(0, 7), 5).map(({ id }) => id)).toEqual([first]);
    expect(store.runs.get('rs_00000000' as RunId)).toBeUndefined();
  });

  it('of one request are listed with its last one first, and wait and run in its order', async () => {
    const { store } = await openStore();
    const ana = somebody(store);
    const prompt = addPrompt(store, ana, 'street');
    const parent = addRun(store, prompt, minimal(), { queuedAt: 1 });
    const models = ['minimal', 'other'];
    const claim = (lane: string) => store.attempts.claim(lane as LaneName, models, store.instance)?.run;
    expect(claim('here/cpu')).toBe(parent);
    const requestId = store.ids.make('rq');
    store.requests.insert({ id: requestId, owner: ana.id, at: 2 });
    const asked = Array.from({ length: 12 }, (_, position) =>
      addRun(store, prompt, minimal({ id: models[position % 2] }), {
        ...{ requestId, position, queuedAt: 2 },
        parent: { run: parent, relation: 'retry' },
      }),
    );
    const ids = (runs: readonly Run[]) => runs.map(({ id }) => id);

    expect(ids(store.runs.list({ limit: 13 }))).toEqual([...asked.toReversed(), parent]);
    expect(ids(store.runs.list({ limit: 13, request: requestId }))).toEqual(asked.toReversed());
    expect(ids(store.runs.matching('rs_', 13))).toEqual([...asked.toReversed(), parent]);
    expect(ids(store.runs.ofRequest(requestId))).toEqual(asked);
    expect(ids(store.runs.childrenOf(parent))).toEqual(asked);
    expect(ids(store.runs.queued())).toEqual(asked);
    expect(ids(store.runs.queuedFor(models, 13))).toEqual(asked);

    expect(asked.map((_, lane) => claim(`here/gpu${lane}`))).toEqual(asked);
    expect(ids(store.runs.active())).toEqual([parent, ...asked]);
  });

  it('keep what people add, and the relation to where they came from', async () => {
    const { store } = await openStore();
    const prompt = addPrompt(store, somebody(store), 'street');
    const first = addRun(store, prompt, minimal());
    const again = addRun(store, prompt, minimal(), { parent: { run: first, relation: 'retry' } });
    store.runs.setRating(again, 4);
    expect(store.runs.get(again)).toMatchObject({ rating: 4, parent: { run: first, relation: 'retry' } });
    expect(() => store.runs.setRating(again, 9)).toThrow(expect.objectContaining({ code: 'store.failed' }));
  });

  it('take no stage, progress or hold-up unless they are active', async () => {
    const { store } = await openStore();
    const run = addRun(store, addPrompt(store, somebody(store), 'street'), minimal());
    store.runs.setStage(run, 'running');
    store.runs.setProgress(run, { logTail: ['late'], updatedAt: 1 });
    expect(store.runs.setHoldUp(run, { code: 'store.disk_full', parameters: {} })).toBe(false);
    const stored = store.runs.get(run);
    expect([stored?.stage, stored?.progress, stored?.problem]).toEqual([undefined, undefined, undefined]);
  });

  it('store a profile once for all runs that have it', async () => {
    const { store } = await openStore();
    const prompt = addPrompt(store, somebody(store), 'street');
    const run = addRun(store, prompt, minimal());
    addRun(store, prompt, minimal());
    const hash = store.runs.get(run)?.profileHash ?? '';
    expect(JSON.parse(store.runs.profileContent(hash) ?? '')).toEqual(minimal());
    expect(store.runs.profileContent('none')).toBeUndefined();
  });

  it('are linked to many threads, and a thread to its newest prompt', async () => {
    const { store } = await openStore();
    const prompt = addPrompt(store, somebody(store), 'street');
    const run = addRun(store, prompt, minimal());
    const place = { platform: 'terminal' as never, tenant: 'local', channel: 'c' };
    const thread = store.threads.ensure({ ...place, thread: 't' });
    expect(store.threads.ensure({ ...place, thread: 't' })).toEqual(thread);
    const other = store.threads.ensure(place);
    for (const { id } of [thread, thread, other]) store.threads.linkRun(run, id);
    store.threads.linkPrompt(prompt.id, thread.id);
    expect(
      store.threads
        .ofRun(run)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([thread.id, other.id].toSorted());
    expect(store.threads.ofPrompt(prompt.id)).toEqual([thread]);
    expect(store.threads.promptOf(thread.id)).toBe(prompt.id);
    expect(store.threads.promptOf(other.id)).toBeUndefined();
    expect(store.threads.get(other.id)).toEqual({ id: other.id, reference: place });
  });
});

describe('idempotency keys', () => {
  it('answer what was stored with them, and live and die with their effect', async () => {
    const { store } = await openStore();
    const fail = () =>
      store.write(() => {
        addPrompt(store, somebody(store), 'street');
        store.idempotency.set('key', 'ps_1');
        throw new Error('killed here');
      });
    expect(fail).toThrow('killed here');
    expect(store.idempotency.get('key')).toBeUndefined();
    expect(store.prompts.count()).toBe(0);
    store.idempotency.set('key', 'ps_2');
    expect(store.idempotency.get('key')).toBe('ps_2');
    expect(() => store.idempotency.set('key', 'ps_3')).toThrow(
      expect.objectContaining({ code: 'store.failed' }),
    );
  });
});

describe('events', () => {
  it('are appended in the transaction that makes them true', async () => {
    const { store, clock } = await openStore();
    const owner = somebody(store);
    const run = addRun(store, addPrompt(store, owner, 'street'), minimal());
    const fail = () =>
      store.write(() => {
        store.runs.setRating(run, 5);
        store.events.append({ type: 'run.rated', payload: { rating: 5 } }, { actor: owner.id, run });
        throw new Error('killed here');
      });
    expect(fail).toThrow('killed here');
    expect(store.events.ofRun(run)).toEqual([]);
    store.events.append({ type: 'run.rated', payload: { rating: 5 } }, { actor: owner.id, run });
    expect(store.events.ofRun(run)).toEqual([
      { sequence: 1, at: clock.now(), type: 'run.rated', payload: { rating: 5 }, actor: owner.id, run },
    ]);
  });

  it('say who cancelled, when the attempt of a run changed, and each only once', async () => {
    const { store } = await openStore();
    const owner = somebody(store);
    const run = addRun(store, addPrompt(store, owner, 'street'), minimal());
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    expect(store.attempts.markStarting(attempt)).toBe(true);
    expect(store.attempts.markStarting(attempt)).toBe(true);
    expect(store.cancellation.request(run, owner.id)).toBe('requested');
    expect(store.cancellation.request(run, owner.id)).toBe('already_requested');
    expect(store.attempts.markStarting(attempt)).toBe(false);
    const events = store.events.ofRun(run);
    expect(events.map(({ type }) => type)).toEqual(['run.claimed', 'run.starting', 'run.cancel_requested']);
    expect(events[0]).toMatchObject({ attempt: attempt.id, run });
    expect(events[2]).toMatchObject({ actor: owner.id });
  });
});

describe('the transcript', () => {
  it('takes a message once, and shows what it was made last', async () => {
    const { store } = await openStore();
    const card = { mark: 'none' as const, title: ['hello'], blocks: [], actions: [] };
    const message = { key: 'k', tenant: 'local', channel: 'terminal', author: 'cosmos', card, hash: 'a' };
    const posted = store.transcript.post({ ...message, thread: 't', file: '/video.mp4' });
    expect(store.transcript.post({ ...message, hash: 'b' })).toEqual(posted);
    expect(store.transcript.edit(posted.id, { ...card, title: ['bye'] }, 'c')).toBe(true);
    expect(store.transcript.list('local', 'terminal')).toMatchObject([
      { hash: 'c', revision: 1, thread: 't' },
    ]);
    store.transcript.delete(posted.id);
    expect(store.transcript.get(posted.id)).toBeUndefined();
    expect(store.transcript.find('k')).toBeUndefined();
    expect(store.transcript.edit(posted.id, card, 'd')).toBe(false);
  });
});

describe('lanes', () => {
  it('keep who drives them', async () => {
    const { store } = await openStore();
    expect(store.lanes.get(LANE)).toEqual({});
    store.lanes.ensure(LANE);
    store.lanes.ensure(LANE);
    store.lanes.setDriver(LANE, { process: 7, kind: 'daemon', since: 1 });
    expect(store.lanes.get(LANE)).toEqual({
      driver: { process: 7, kind: 'daemon', since: 1 },
    });
    store.lanes.setDriver(LANE, undefined);
    expect(store.lanes.get(LANE)).toEqual({});
  });
});
