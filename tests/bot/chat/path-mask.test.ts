import { describe, expect, it } from 'vitest';
import { PathMask } from '../../../src/bot/chat/path-mask.ts';
import type { Card } from '../../../src/core/ports/chat.ts';

const KNOWN = [
  { path: '/srv/cosmos', word: 'work_dir' },
  { path: '/home/op/bot/data/', word: 'data_dir' },
  { path: '/home/op/bot', word: 'config' },
  { path: '/home/op', word: '~' },
  { path: '/', word: 'root' },
];
const mask = new PathMask(KNOWN);

describe('the paths of the operator', () => {
  it.each([
    ['saved /srv/cosmos/attempts/jb_1/out/a.mp4', 'saved work_dir/attempts/jb_1/out/a.mp4'],
    ['File "/home/op/bot/data/x.py", line 3', 'File "data_dir/x.py", line 3'],
    ['/home/op/bot/data', 'data_dir'],
    ['/home/op/bot/database.py', 'config/database.py'],
    ['cwd=/home/op/bot.', 'cwd=config.'],
    ['/home/op/.cache and /home/op', '~/.cache and ~'],
    ['file:///srv/cosmos/a', 'file://work_dir/a'],
    ['[/srv/cosmos] (/srv/cosmos)', '[work_dir] (work_dir)'],
  ])('have a short word in %j', (text, shown) => {
    expect(mask.text(text)).toBe(shown);
  });

  it.each([
    '/srv/cosmos2/a',
    '/mnt/srv/cosmos/a',
    '/home/operator',
    'a/b',
    '/home/op-2',
    '/srv/cosmos.old/a',
    '/',
  ])('are no part of %j', (text) => {
    expect(mask.text(text)).toBe(text);
  });

  it('are known by what lies in them, where only the host knows where its folder is', () => {
    const sha = 'a'.repeat(64);
    expect(mask.text('/raid/gpu user')).toBe('/raid/gpu user');
    expect(mask.text('at /raid/gpu/cosmos/attempts/jb_3fq8w1zz-a1/run.sh: line 3')).toBe(
      'at work_dir/attempts/jb_3fq8w1zz-a1/run.sh: line 3',
    );
    expect(mask.text(`link /raid/gpu/assets/${sha}`)).toBe(`link work_dir/assets/${sha}`);
    expect(mask.text('/raid/attempts/mine')).toBe('/raid/attempts/mine');
  });

  it('take no long time in a line of nothing but slashes', () => {
    const line = '/'.repeat(64 * 1024);
    expect(mask.text(line)).toBe(line);
  });

  it('are masked wherever a card has text, but not in what somebody has written', () => {
    const path = '/srv/cosmos/a';
    const card: Card = {
      mark: 'failed',
      title: [path, { strong: path }],
      blocks: [
        { type: 'text', text: [{ code: path }, { time: 1, style: 'clock' }] },
        { type: 'rows', rows: [[[path]]] },
        { type: 'progress', label: [path] },
        { type: 'log', lines: [path] },
        { type: 'quote', text: path },
        { type: 'picture', path, description: 'poster' },
      ],
      actions: [],
    };
    const shown = 'work_dir/a';
    expect(mask.card(card)).toEqual({
      mark: 'failed',
      title: [shown, { strong: shown }],
      blocks: [
        { type: 'text', text: [{ code: shown }, { time: 1, style: 'clock' }] },
        { type: 'rows', rows: [[[shown]]] },
        { type: 'progress', label: [shown] },
        { type: 'log', lines: [shown] },
        { type: 'quote', text: path },
        { type: 'picture', path, description: 'poster' },
      ],
      actions: [],
    });
    expect(new PathMask(undefined).card(card)).toEqual(card);
  });
});
