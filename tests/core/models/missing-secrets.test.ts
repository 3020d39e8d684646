import { describe, expect, it } from 'vitest';
import { resolveSecret, type SecretLookup } from '../../../src/core/config/secret.ts';
import { missingSecrets } from '../../../src/core/models/missing-secrets.ts';
import { minimal } from './profiles.ts';

const lookup: SecretLookup = (reference) =>
  resolveSecret(reference, {
    environment: { HUB_TOKEN: 'hf_1' },
    directory: '/etc/bot',
    readFile: () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT', syscall: 'open' });
    },
  });

describe('the secrets that models need', () => {
  it('are told where they are not there, each once', () => {
    const profile = minimal({
      command: {
        secret_environment: { HF_TOKEN: { env: 'HUB_TOKEN' }, KEY: { file: 'key' }, ID: { env: 'ID' } },
      },
    });

    const where = 'models.minimal.command.secret_environment';
    expect(missingSecrets([profile, profile], lookup)).toEqual([
      {
        code: 'config.secret_missing',
        parameters: { where: `${where}.KEY`, file: '/etc/bot/key', detail: 'ENOENT' },
      },
      { code: 'config.secret_missing', parameters: { where: `${where}.ID`, variable: 'ID' } },
    ]);
  });

  it('are none for a model that needs none', () => {
    expect(missingSecrets([minimal()], lookup)).toEqual([]);
  });
});
