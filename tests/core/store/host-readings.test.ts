import { describe, expect, it } from 'vitest';
import type { HostName } from '../../../src/core/ids.ts';
import type { HostFacts } from '../../../src/core/ports/host.ts';
import { openStore } from './open-store.ts';

const HOST = 'gpu1' as HostName;
const FACTS: HostFacts = { now: 5, diskFreeBytes: 1e12, gpus: { state: 'no_tool' }, paths: [] };
const SILENT = { code: 'engine.host_unreachable', parameters: { reason: 'refused' } } as const;
const DENIED = { code: 'engine.host_unsupported', parameters: { reason: 'docker_denied' } } as const;

describe('the readings of hosts', () => {
  it('are none before a host was asked', async () => {
    const { store } = await openStore();
    expect(store.hostReadings.get(HOST)).toBeUndefined();
  });

  it('are seen by other processes, each host with its own', async () => {
    const { store, again } = await openStore();
    store.hostReadings.setAnswer(HOST, FACTS, 1000);
    store.hostReadings.setFailure('gpu2' as HostName, SILENT, 2000);
    const other = again();
    expect(other.hostReadings.get(HOST)).toEqual({ askedAt: 1000, answer: { at: 1000, facts: FACTS } });
    expect(other.hostReadings.get('gpu2' as HostName)).toEqual({
      askedAt: 2000,
      failure: { since: 2000, problem: SILENT },
    });
  });

  it('keep the last answer while the host fails, and since when it does', async () => {
    const { store } = await openStore();
    store.hostReadings.setAnswer(HOST, FACTS, 1000);
    store.hostReadings.setFailure(HOST, SILENT, 2000);
    const later = { ...SILENT, parameters: { reason: 'timed_out' } };
    store.hostReadings.setFailure(HOST, later, 3000);
    expect(store.hostReadings.get(HOST)).toEqual({
      askedAt: 3000,
      answer: { at: 1000, facts: FACTS },
      failure: { since: 2000, problem: later },
    });
  });

  it('begin anew with another failure, and end with an answer', async () => {
    const { store } = await openStore();
    store.hostReadings.setFailure(HOST, DENIED, 1000);
    store.hostReadings.setFailure(HOST, SILENT, 2000);
    expect(store.hostReadings.get(HOST)?.failure).toEqual({ since: 2000, problem: SILENT });
    store.hostReadings.setAnswer(HOST, FACTS, 3000);
    expect(store.hostReadings.get(HOST)).toEqual({ askedAt: 3000, answer: { at: 3000, facts: FACTS } });
    store.hostReadings.setFailure(HOST, SILENT, 4000);
    expect(store.hostReadings.get(HOST)?.failure?.since).toBe(4000);
  });
});
