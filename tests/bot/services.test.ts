import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Services } from '../../src/bot/services.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const SILENT = pino({ level: 'silent' });

/** A service that ends when the test lets it, and says so. */
function slow(name: string, said: string[]) {
  const ended = Promise.withResolvers<void>();
  return {
    end: ended.resolve,
    stop: async () => {
      said.push(`${name} asked`);
      await ended.promise;
      said.push(`${name} ended`);
    },
  };
}

describe('the services of a bot', () => {
  it('end at the same time where they know nothing of each other, in their order where they do', async () => {
    const said: string[] = [];
    const services = new Services(new FakeClock(), SILENT);
    const [inbox, port, lane] = [slow('inbox', said), slow('port', said), slow('lane', said)];
    services.add(inbox, port);
    services.add(lane);
    const stopped = services.stop();
    await expect.poll(() => said).toEqual(['inbox asked', 'lane asked']);
    inbox.end();
    await expect.poll(() => said).toContain('port asked');
    port.end();
    lane.end();
    expect(await stopped).toEqual([]);
    expect(said.slice(2)).toEqual(['inbox ended', 'port asked', 'port ended', 'lane ended']);
  });

  it('all are asked to end, whichever fails', async () => {
    const said: string[] = [];
    const services = new Services(new FakeClock(), SILENT);
    const failure = new Error('it broke');
    const last = slow('last', said);
    last.end();
    const broken = {
      stop: () => {
        throw failure;
      },
    };
    services.add({ stop: async () => await Promise.reject(failure) }, broken, last);
    expect(await services.stop()).toEqual([failure, failure]);
    expect(said).toEqual(['last asked', 'last ended']);
  });

  it('that do not end are not waited for longer than 4 s, however many there are', async () => {
    const clock = new FakeClock();
    const services = new Services(clock, SILENT);
    for (const name of ['studio', 'lab', 'old']) services.add(slow(name, []), slow('port', []));
    let failures: readonly unknown[] | undefined;
    const stopped = services.stop().then((result) => {
      failures = result;
    });
    clock.advance(3_999);
    await Promise.resolve();
    expect(failures).toBeUndefined();
    clock.advance(1);
    await stopped;
    expect(failures).toEqual([]);
  });

  it('are asked once', async () => {
    const said: string[] = [];
    const services = new Services(new FakeClock(), SILENT);
    const one = slow('one', said);
    one.end();
    services.add(one);
    await services.stop();
    await services.stop();
    expect(said).toEqual(['one asked', 'one ended']);
  });
});
