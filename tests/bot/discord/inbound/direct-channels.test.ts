import { expect, it } from 'vitest';
import { DirectChannels } from '../../../../src/bot/discord/inbound/direct-channels.ts';

function kept(value?: string) {
  const list = {
    value,
    writes: 0,
    read: () => list.value,
    write: (next: string) => {
      list.value = next;
      list.writes += 1;
    },
  };
  return list;
}

it('a conversation that is new is kept at once, one that is known is not written each time', () => {
  const list = kept();
  const channels = new DirectChannels(list);
  channels.heard('1');
  channels.heard('2');
  expect(list.writes).toBe(2);
  expect(new DirectChannels(list).ids).toEqual(['2', '1']);
  channels.heard('1');
  channels.heard('2');
  channels.heard('1');
  expect(list.writes).toBe(2);
  channels.write();
  channels.write();
  expect(list.writes).toBe(3);
  const again = new DirectChannels(list);
  expect(again.ids).toEqual(['1', '2']);
  again.write();
  expect(list.writes).toBe(3);
});

it('the hundred in which something was said last are remembered', () => {
  const list = kept();
  const channels = new DirectChannels(list);
  for (let id = 1; id <= 100; id++) channels.heard(String(id));
  channels.heard('1');
  channels.heard('101');
  expect(channels.ids).toHaveLength(100);
  expect(channels.ids.slice(0, 2)).toEqual(['101', '1']);
  expect(channels.ids).not.toContain('2');
  expect(channels.ids).toContain('3');
});

it('what could not be written is written later', () => {
  const list = kept();
  const write = list.write;
  list.write = () => {
    throw new Error('busy');
  };
  const channels = new DirectChannels(list);
  expect(() => channels.heard('1')).toThrow('busy');
  list.write = write;
  channels.write();
  expect(new DirectChannels(list).ids).toEqual(['1']);
});
