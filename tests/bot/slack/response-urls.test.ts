import { expect, it } from 'vitest';
import { ResponseUrls } from '../../../src/bot/slack/response-urls.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const MINUTE_MS = 60_000;

it('an address is good for five answers', () => {
  const urls = new ResponseUrls(new FakeClock());
  urls.remember('E1', 'https://hooks.example/1');
  const taken = Array.from({ length: 6 }, () => urls.take('E1'));
  expect(taken).toEqual([...Array(5).fill('https://hooks.example/1'), undefined]);
  expect(urls.take('E2')).toBeUndefined();
});

it('an address is good for half an hour', () => {
  const clock = new FakeClock();
  const urls = new ResponseUrls(clock);
  urls.remember('E1', 'https://hooks.example/1');
  clock.advance(28 * MINUTE_MS);
  expect(urls.take('E1')).toBeDefined();
  clock.advance(2 * MINUTE_MS);
  urls.remember('E2', 'https://hooks.example/2');
  expect([urls.take('E1'), urls.take('E2')]).toEqual([undefined, 'https://hooks.example/2']);
});

it('an address that was given earlier ends earlier', () => {
  const clock = new FakeClock();
  const urls = new ResponseUrls(clock);
  urls.remember('E1', 'https://hooks.example/1', clock.now() - 28 * MINUTE_MS);
  urls.remember('E2', 'https://hooks.example/2', clock.now() - 40 * MINUTE_MS);
  expect([urls.take('E1'), urls.take('E2')]).toEqual(['https://hooks.example/1', undefined]);
  clock.advance(2 * MINUTE_MS);
  expect(urls.take('E1')).toBeUndefined();
});
