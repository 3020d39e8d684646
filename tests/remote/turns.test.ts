import { expect, it } from 'vitest';
import { Turns } from '../../src/remote/turns.ts';

it('lets what concerns one thing happen one after the other, and other things meanwhile', async () => {
  const turns = new Turns<string>();
  const happened: string[] = [];
  const first = Promise.withResolvers<void>();
  const works = [
    turns.take('a', undefined, async () => {
      await first.promise;
      happened.push('a1');
    }),
    turns.take('a', undefined, async () => void happened.push('a2')),
    turns.take('b', undefined, async () => void happened.push('b')),
  ];
  await works[2];
  expect(happened).toEqual(['b']);
  first.resolve();
  await Promise.all(works);
  expect(happened).toEqual(['b', 'a1', 'a2']);
});

it('goes on after work that failed, and tells only its own caller', async () => {
  const turns = new Turns<string>();
  const failed = turns.take('a', undefined, () => Promise.reject(new Error('broken')));
  const next = turns.take('a', undefined, async () => 'done');
  await expect(failed).rejects.toThrow('broken');
  expect(await next).toBe('done');
});

it('lets whoever gives up leave the line, which keeps its order', async () => {
  const turns = new Turns<string>();
  const first = Promise.withResolvers<string>();
  const giveUp = new AbortController();
  const one = turns.take('a', undefined, () => first.promise);
  const two = turns.take('a', giveUp.signal, async () => 'never');
  let isThird = false;
  const three = turns.take('a', undefined, async () => {
    isThird = true;
  });
  giveUp.abort(new Error('given up'));
  await expect(two).rejects.toThrow('given up');
  expect(isThird).toBe(false);
  first.resolve('first');
  expect(await one).toBe('first');
  await three;
});
