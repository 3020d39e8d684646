import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, parseWords } from '../../../src/bot/commands/parse.ts';
import { quoteForShell, quoteOption, splitWords } from '../../../src/bot/commands/parse-words.ts';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { renderCard } from '../../../src/bot/terminal/render-card.ts';
import { explain } from '../../../src/bot/wording/explain.ts';
import { CommandBench } from './verbs/command-bench.ts';

describe('a mistyped verb', () => {
  it.each([
    ['inferense ps_7k2 seed=1..8 --model=preview', 'inference ps_7k2 seed=1..8 --model=preview'],
    ['inferense ps_7k2 --model preview', 'inference ps_7k2 --model preview'],
    [`craete prompt "A rainy street" 'it is'`, 'create prompt "A rainy street" "it is"'],
    ['serch -- --wait', 'search -- --wait'],
    ['serch "--wait"', 'search "--wait"'],
    ['stats', 'status'],
  ])('is suggested with the words after it: %j', (line, meant) => {
    const parsed = parseCommand(line, COMMANDS);
    if (parsed.ok) throw new Error('it is a command');

    expect(explain(parsed.problems[0]).sentence).toContain(`Did you mean \`${meant}\`?`);
  });

  it('is suggested in the words of a shell on the command line', () => {
    const parsed = parseWords(['craete', 'prompt', "it's $HOME", 'a b.mp4'], COMMANDS, 'command_line');
    if (parsed.ok) throw new Error('it is a command');

    expect(parsed.problems[0].parameters.meant).toBe(`create prompt 'it'\\''s $HOME' 'a b.mp4'`);
  });

  it.each([[`craete prompt ${'rain '.repeat(80)}`], ['craete prompt "two\nlines"'], ['serch a`b']])(
    'is suggested alone where the words cannot be said whole: %j',
    (line) => {
      const parsed = parseCommand(line, COMMANDS);
      if (parsed.ok) throw new Error('it is a command');

      expect(parsed.problems[0].parameters).not.toHaveProperty('meant');
      expect(parsed.problems[0].parameters).toHaveProperty('nearest');
    },
  );
});

describe('the button for what was meant', () => {
  it('has the other words of the command', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const refused = await bench.say('inference rainy_neon_stret edge=0.5 --priority 0');

    expect(refused.card?.actions).toEqual([
      expect.objectContaining({
        ...{ verb: 'inference', target: prompt.name },
        arguments: ['edge=0.5', '--priority=0'],
      }),
    ]);
  });

  it('can be typed: an option stays one', () => {
    const actions = [
      { verb: 'fit', target: 'ps_1', label: 'Fit', arguments: ['--model', 'preview', '--change'] },
    ];
    const card = { mark: 'none', title: ['x'], blocks: [], actions } as const;
    const text = renderCard(card, {
      width: 100,
      color: false,
      unicode: true,
      timeZone: 'UTC',
      now: 0,
    }).join('\n');

    expect(text).toContain('/cosmos fit ps_1 --model preview --change');
  });
});

describe('a word that is written again', () => {
  it('is read as the same word, or as the same option', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z][a-z-]{0,8}$/), (value, name) => {
        fc.pre(!value.includes('\0'));
        const split = splitWords(`${quoteOption(`--${name}=${value}`)} ${quoteOption(`x${value}`)}`);
        expect(split).toMatchObject({
          ok: true,
          value: [{ text: `--${name}=${value}`, quoted: false }, { text: `x${value}` }],
        });
      }),
    );
  });

  it('is the same word for a shell', () => {
    const words = ["it's", '$HOME', 'a b', '', '*', '"', 'plain', '~', '\\', '!x', 'é', '--a=b c'];

    const said = execFileSync('sh', ['-c', `printf '%s\\n' ${words.map(quoteForShell).join(' ')}`], {
      encoding: 'utf8',
    });
    expect(said.split('\n').slice(0, -1)).toEqual(words);
  });
});
