import { systemClock } from '../../src/bot/system-clock.ts';
import { Wakeup } from '../../src/core/wakeup.ts';
import { CHANNEL, FakeChat } from '../fakes/fake-chat.ts';
import { chatContract } from './chat.contract.ts';

chatContract('fake', async () => {
  const changed = new Wakeup();
  const edit = { minIntervalMs: 10, scope: 'tenant' } as const;
  const port = new FakeChat({
    clock: systemClock,
    capabilities: { edit, lateEffectMs: 50 },
    onChange: () => changed.notify(),
  });
  port.maxBytes = 10_000;
  return {
    port,
    channel: CHANNEL,
    user: { id: 'U_ana', name: 'ana', groups: [] },
    changed,
    send: async (event) => await port.deliver(event),
    offer: async (name, content) => port.offer(name, content),
    remove: async ({ message }) => {
      port.messages.splice(
        port.messages.findIndex(({ id }) => id === message),
        1,
      );
    },
    messages: async ({ thread }) =>
      port.messages
        .filter(({ where }) => where.thread === thread)
        .map(({ id, file }) => ({ message: id, ...(file && { file: file.content }) })),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
