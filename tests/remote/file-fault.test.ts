import { expect, it } from 'vitest';
import { CosmosError } from '../../src/core/errors.ts';
import { FileFault, inRole } from '../../src/remote/transport/file-fault.ts';
import { toFault } from '../../src/remote/transport/local-fault.ts';

const systemError = (code: string): Error =>
  Object.assign(new Error('/secret/path'), { code, syscall: 'open' });

it.each([
  ['ENOSPC', 'asset', 'transfer.disk_full', { role: 'asset' }],
  ['EDQUOT', 'asset', 'transfer.disk_full', { role: 'asset' }],
  ['EACCES', 'work_dir', 'engine.work_dir_unusable', { role: 'work_dir', reason: 'denied' }],
  ['EROFS', 'attempt', 'engine.work_dir_unusable', { role: 'attempt', reason: 'read_only' }],
  ['ENOENT', 'work_dir', 'engine.work_dir_unusable', { role: 'work_dir', reason: 'missing' }],
  ['EIO', 'output', 'transfer.failed', { role: 'output', reason: 'input_output' }],
  ['EACCES', 'log', 'engine.log_unreadable', { role: 'log', reason: 'denied' }],
] as const)('turns %s of the %s into %s without a path', async (code, role, expected, parameters) => {
  const cause = systemError(code);
  const error = await inRole(role, Promise.reject(toFault(cause))).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CosmosError);
  expect(error).toMatchObject({ code: expected, parameters, cause: { cause } });
  expect((error as CosmosError).message).not.toContain('/');
});

it('lets everything else pass as it is', async () => {
  const abort = new DOMException('given up', 'AbortError');
  expect(toFault(abort)).toBe(abort);
  await expect(inRole('asset', Promise.reject(abort))).rejects.toBe(abort);
  const fault = new FileFault('exists', abort);
  expect(toFault(fault)).toBe(fault);
});
