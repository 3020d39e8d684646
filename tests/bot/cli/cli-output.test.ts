import { expect, it } from 'vitest';
import { type CliOutput, printCard, printNote } from '../../../src/bot/cli/cli-output.ts';
import { answerCard } from '../../../src/bot/thread-view/answer-card.ts';

function open(shape: { isTTY?: boolean; columns?: number } = {}) {
  let written = '';
  const stream = { ...shape, write: (text: string) => (written += text) };
  const output: CliOutput = {
    out: stream,
    error: stream,
    settings: { color: true, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'npx cosmos' },
  };
  return { output, written: () => written };
}

const WORDS = 'Nothing runs here: start a bot with `npx cosmos start`, or wait.';

it('a remark is wrapped at spaces in a terminal, and what is typed stands out without backquotes', () => {
  const { output, written } = open({ isTTY: true, columns: 38 });
  printNote(output, WORDS);
  expect(written()).toBe(
    'Nothing runs here: start a bot with\n\u001b[36mnpx cosmos start\u001b[39m, or wait.\n',
  );
});

it('a remark is one line without colours in a pipe', () => {
  const { output, written } = open();
  printNote(output, WORDS);
  expect(written()).toBe('Nothing runs here: start a bot with npx cosmos start, or wait.\n');
});

it('a path is never broken in a pipe', () => {
  const { output, written } = open();
  const path = `${'a-long-folder/'.repeat(20)}clip 2 s.mp4`;
  printCard(output, answerCard(`It lies in \`${path}\` for good.`));
  expect(written()).toBe(`It lies in ${path} for good.\n`);
});

it('a terminal that does not know its width gets the usual one', () => {
  const { output, written } = open({ isTTY: true, columns: 0 });
  printNote(output, 'word '.repeat(50));
  expect(written().split('\n').length).toBeGreaterThan(2);
});
