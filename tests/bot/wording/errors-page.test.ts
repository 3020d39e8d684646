import { expect, test } from 'vitest';
import { errorsPage } from '../../../src/bot/wording/errors-page.ts';

test('docs/errors.md has every error code with its present words', async () => {
  await expect(errorsPage()).toMatchFileSnapshot('../../../docs/errors.md');
});
