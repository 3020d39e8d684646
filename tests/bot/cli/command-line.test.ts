import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/bot/cli/command-line.ts';

/** Runs words that need no bot and no configuration. */
async function cosmos(...words: string[]) {
  let out = '';
  let error = '';
  const code = await runCommandLine(words, {
    out: { write: (text) => (out += text) },
    error: { write: (text) => (error += text) },
    settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
  });
  return { code, out, error };
}

describe('the global options', () => {
  it.each([[['status', '--config']], [['status', '--config=']], [['--config', '', 'status']]])(
    'never take another configuration than the named one: %j',
    async (words) => {
      const { code, out, error } = await cosmos(...words);

      expect(code).toBe(2);
      expect(out).toBe('');
      expect(error).toContain('--config FILE');
    },
  );

  it.each([
    [['--config', 'no-such.toml', 'status']],
    [['status', '--config=no-such.toml']],
    [['--config', 'other.toml', 'status', '--config', 'no-such.toml']],
  ])('name the configuration before and after the verb; the last one holds: %j', async (words) => {
    const { code, error } = await cosmos(...words);

    expect(code).toBe(2);
    expect(error).toContain('no-such.toml');
    expect(error).not.toContain('other.toml');
  });

  it.each([
    ['--verison', '--version'],
    ['--hlep', '--help'],
  ])('that are misspelt are told: %s', async (word, meant) => {
    const { code, out, error } = await cosmos(word);

    expect([code, out]).toEqual([2, '']);
    expect(error).toContain(`Did you mean ${meant}?`);
  });

  it('may stand before what the bot is called by', async () => {
    expect(await cosmos('/cosmos', 'help', 'rate')).toEqual(await cosmos('help', 'rate'));
  });

  it('end at two dashes', async () => {
    expect(await cosmos('queue', '--', '--version')).toMatchObject({ code: 2, out: '' });
    expect((await cosmos('queue', '--', '--help')).error).toContain('--help');
  });

  it.each([[['--help']], [['-h']], [[]]])('explain everything for %j', async (words) => {
    const { code, out } = await cosmos(...words);

    expect(code).toBe(0);
    expect(out).toContain('inference');
    expect(out).toContain('demo');
  });

  it('explain one verb wherever they stand', async () => {
    const { out } = await cosmos('--help', 'rate');

    expect(out).toContain('rate RUN RATING');
    expect((await cosmos('rate', '-h')).out).toBe(out);
    expect((await cosmos('help', 'rate')).out).toBe(out);
  });

  it('do not hide a wrong verb', async () => {
    const { code, error } = await cosmos('infrence', '--help');

    expect(code).toBe(2);
    expect(error).toContain('inference');
  });
});
