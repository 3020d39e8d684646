import { expect, it } from 'vitest';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { must } from '../../support/workbench.ts';
import { ANA, BEN, FormsBench } from './forms-bench.ts';

it('an option of a command is completed with ids, newest first', async () => {
  const bench = await FormsBench.open();
  const prompt = await bench.bench.prompt();
  const run = bench.bench.run(prompt);
  const offered = (verb: string, option: string, typed = '') =>
    bench.forms.suggest({ verb, option, typed, user: ANA, where: CHANNEL }).map(({ value }) => value);
  expect(offered('inference', 'prompt')).toEqual([prompt.id]);
  expect(offered('inference', 'prompt', prompt.text.slice(0, 4))).toEqual([prompt.id]);
  expect(offered('inference', 'prompt', 'nothing like it')).toEqual([]);
  expect(offered('logs', 'run')).toEqual([run.id]);
  expect(offered('retry', 'run')).toEqual([]);
  expect(offered('list', 'prompt')).toEqual([prompt.id]);
});

it('models are offered by name', async () => {
  const bench = await FormsBench.open();
  const [first] = bench.bench.api.models();
  const id = first?.profile.id ?? '';
  const offered = (typed: string) =>
    bench.forms
      .suggest({ verb: 'inference', option: 'model', typed, user: ANA, where: CHANNEL })
      .map(({ value }) => value);
  expect(offered(id.slice(0, 3))).toContain(id);
  expect(offered('no such model')).toEqual([]);
});

it('somebody is offered what they may use', async () => {
  const bench = await FormsBench.open();
  const prompt = await bench.bench.prompt();
  const own = bench.bench.run(prompt);
  const other = must(bench.bench.api.queueRun(bench.bench.actor('ben'), { prompt, parameters: {} }));
  const offered = (user: typeof ANA) =>
    bench.forms
      .suggest({ verb: 'cancel', option: 'run', typed: '', user, where: CHANNEL })
      .map(({ value }) => value)
      .toSorted();
  expect(offered(ANA)).toEqual([own.id]);
  expect(offered(BEN)).toEqual([own.id, other.id].toSorted());
});

it('nothing is offered for what no command has', async () => {
  const bench = await FormsBench.open();
  await bench.bench.prompt();
  const typing = { typed: '', user: ANA, where: CHANNEL };
  expect(bench.forms.suggest({ ...typing, verb: 'no such verb', option: 'prompt' })).toEqual([]);
  expect(bench.forms.suggest({ ...typing, verb: 'inference', option: 'no such option' })).toEqual([]);
  expect(bench.forms.suggest({ ...typing, verb: 'list', option: 'what' })).toEqual([]);
});
