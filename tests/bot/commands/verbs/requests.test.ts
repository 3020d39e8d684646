import { describe, expect, test } from 'vitest';
import { TWO_MODELS } from '../../../support/two-models.ts';
import { CommandBench, words } from './command-bench.ts';

/** The names of the buttons and what they do. */
function buttons({ card }: Awaited<ReturnType<CommandBench['say']>>): readonly string[] {
  return (card?.actions ?? []).map(({ verb, target }) => `${verb} ${target}`);
}

async function open(limits = ''): Promise<CommandBench> {
  return await CommandBench.open(`${limits}\n${TWO_MODELS}`);
}

describe('inference of many', () => {
  test('queues one request and shows its table, here or in its thread', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const here = await desk.say('inference rainy_neon_street --model transfer1 seed=1..3 edge=0.2,0.8');
    expect(here.failed).toBe(false);
    expect(words(here)).toContain('6 runs of rainy_neon_street');
    expect(words(here)).toContain('seed 3 · edge 0.8');
    const there = await desk.say('inference rainy_neon_street --model transfer1 seed=1..3', desk.inChat);
    expect(there).toMatchObject({ failed: false, data: { isBatch: true, varied: ['seed'] } });
    expect(there.card).toBeUndefined();
    expect(desk.opened).toBe(1);
  });

  test('of several prompts is one request too; a prompt that is named twice counts once', async () => {
    const desk = await open();
    const [one, two] = [await desk.bench.prompt('A street'), await desk.bench.prompt('A harbour')];
    const result = await desk.say(`inference ${one.id} ${two.id} ${one.name} --model preview`);
    expect(words(result)).toContain('2 runs of 2 prompts');
    expect(result.data).toMatchObject({
      varied: ['prompt'],
      runs: [{ promptId: one.id }, { promptId: two.id }],
    });
  });

  test('of one value is a run like any other', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const result = await desk.say('inference rainy_neon_street --model transfer1 seed=3..3');
    expect(result.data).toMatchObject({ state: 'queued', parameters: { seed: 3 } });
    expect(desk.bench.api.requests.count()).toBe(0);
  });

  test('says what they would take and waits for a yes where they are very many', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const asked = await desk.say('inference rainy_neon_street --model transfer1 seed=1..12', desk.inChat);
    expect(words(asked)).toContain('12 runs of rainy_neon_street');
    expect(words(asked)).toMatch(/of GPU time/);
    expect(desk.opened).toBe(0);
    expect(desk.bench.api.countRuns({})).toBe(0);
    const [button] = buttons(asked);
    expect(button).toMatch(/^confirm rq_/);

    const queued = await desk.say(button ?? '', desk.inChat);
    expect(queued).toMatchObject({ failed: false, data: { id: button?.split(' ')[1] } });
    expect(desk.bench.api.countRuns({})).toBe(12);
    const again = await desk.say(button ?? '', { ...desk.inChat, idempotencyKey: 'E2' });
    expect(words(again)).toContain('is queued already');
    expect(desk.bench.api.countRuns({})).toBe(12);
  });

  test('does not ask whoever says yes at once', async () => {
    const desk = await open('[limits]\nconfirm_above_runs = 2\n');
    await desk.bench.prompt();
    await desk.say('inference rainy_neon_street --model transfer1 seed=1..3 --yes');
    expect(desk.bench.api.countRuns({})).toBe(3);
  });

  test('--dry-run shows every run, and queues none', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const result = await desk.say('inference rainy_neon_street --model transfer1 seed=1..15 --dry-run');
    expect(words(result)).toContain('seed 15');
    expect(words(result)).toContain('would be queued');
    expect(buttons(result)).toEqual([]);
    const { jobs } = result.data as { jobs: { argv: readonly string[] }[] };
    expect(jobs).toHaveLength(15);
    expect(desk.bench.api.countRuns({})).toBe(0);
  });

  test.each([
    ['seed=1, 2', '{"code":"seed=1,2"}'],
    ['seed=1, 2, 3..5', '{"code":"seed=1,2,3..5"}'],
    ['seed= 2', '{"code":"seed=2"}'],
    ['edge= 0.5', '{"code":"edge=0.5"}'],
    ['canny_threshold= low', 'Write the value right after the equals sign'],
    ['seed=1, harbour', 'Write lists without spaces'],
    ['edge=0.2..0.8', 'Write the values one by one'],
    ['edge=0.2,8,9', 'you wrote 8, 9'],
    ['seed=1..1000', 'at most 50 are possible'],
    ['seg_prompt=boat,"crane"', 'a comma belongs to a text'],
    ['seed=1..2 num_steps=1,35 use_distilled=true', 'In 2 of 4 runs: '],
  ])('with %s is refused, and opens no thread', async (typed, told) => {
    const desk = await open();
    await desk.bench.prompt();
    const result = await desk.say(`inference rainy_neon_street --model transfer1 ${typed}`, desk.inChat);
    expect(result.failed).toBe(true);
    expect(words(result)).toContain(told);
    expect(desk.opened).toBe(0);
    expect(desk.bench.api.countRuns({})).toBe(0);
  });

  test('of a draft makes drafts, of which each is promoted by itself', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const drafts = await desk.say('inference rainy_neon_street --model transfer1 seed=4,5 --draft');
    expect(words(drafts)).toContain('2 drafts of rainy_neon_street');
    const [, second] = (drafts.data as { runs: { id: string }[] }).runs;
    const full = await desk.say(`promote ${second?.id} guidance=7`, desk.inChat);
    expect(full.data).toMatchObject({
      parameters: { seed: 5, num_steps: 35, guidance: 7 },
      parent: { run: second?.id, relation: 'promote' },
    });
    const shown = await desk.say(`status ${(full.data as { id: string }).id}`);
    expect(words(shown)).toContain(`"from draft ",{"code":"${second?.id}`);
    const refused = await desk.say(`promote ${(full.data as { id: string }).id}`);
    expect(words(refused)).toContain('is no draft');
  });
});

describe('a request', () => {
  test('is shown, listed and its runs too, by the beginning of its id', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const made = await desk.say(
      'inference rainy_neon_street --model transfer1 seed=1..8 edge=0.2,0.8 guidance=5 --yes',
    );
    const { id } = made.data as { id: string };
    const shown = await desk.say(`show ${id.slice(0, 8)}`);
    expect(words(shown)).toContain('seed 8 · edge 0.8');
    expect(words(await desk.say(`status ${id}`))).toContain('0 of 16 done');
    expect(words(await desk.say('list requests'))).toContain(id);
    expect(words(await desk.say('list requests --mine'))).toContain('0 of 16 done, 16 queued');
    expect((await desk.say(`list runs --request ${id}`)).data).toHaveLength(16);
    expect(words(await desk.say('list requests --status done'))).toContain('list runs --status');
  });

  test('is cancelled as one, by its owner or an admin', async () => {
    const desk = await open();
    await desk.bench.prompt();
    const made = await desk.say('inference rainy_neon_street --model transfer1 seed=1..3');
    const { id } = made.data as { id: string };
    const refused = await desk.say(`cancel ${id}`, { actor: desk.bench.actor('ben') });
    expect(words(refused)).toContain('on a run of ana');
    const cancelled = await desk.say(`cancel ${id}`, { actor: desk.bench.actor('ben'), role: 'admin' });
    expect(words(cancelled)).toContain('3 runs had not started and will not');
    expect(words(await desk.say(`cancel ${id}`))).toContain('have ended already');
    const again = await desk.say(`retry ${id}`, desk.inChat);
    expect(again.data).toMatchObject({ parent: id, isBatch: true });
    expect(words(await desk.say(`retry ${id}`))).toContain('is left to be run again');
  });

  test.each(['show', 'status', 'cancel', 'retry'])(
    'that is not known is refused by %s with the nearest',
    async (verb) => {
      const desk = await open();
      await desk.bench.prompt();
      const made = await desk.say('inference rainy_neon_street --model transfer1 seed=1..3');
      const { id } = made.data as { id: string };
      const wrong = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
      const result = await desk.say(`${verb} ${wrong}`);
      expect(result.failed).toBe(true);
      expect(words(result)).toContain(id);
    },
  );
});
