import { stat } from 'node:fs/promises';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Run } from '../../core/runs/run.ts';
import { leftOutOfLog } from '../wording/answers.ts';
import type { ContactSheets } from './contact-sheets.ts';
import type { PathMask } from './path-mask.ts';
import type { Proxies } from './proxies.ts';
import type { WantedFile } from './run-files.ts';

/** A file that a platform may take: the whole one, the end of a log, or a smaller copy. */
export interface Rung extends WantedFile, AsyncDisposable {
  readonly isProxy: boolean;
}

export interface RungParts {
  readonly api: Pick<CosmosApi, 'log'>;
  readonly proxies: Pick<Proxies, 'of'>;
  readonly contactSheets: Pick<ContactSheets, 'of'>;
  /** Over what a log tells of the operator. */
  readonly mask: PathMask;
}

/**
 * The file as it is, or what stands for it where it is larger than `maxBytes`, and a masked copy of a log; undefined where nothing does, or where
 * somebody has removed it. Only the result of a run has smaller copies: `result` is that run.
 */
export async function rungOf(
  file: WantedFile,
  result: Run | undefined,
  maxBytes: number,
  parts: RungParts,
): Promise<Rung | undefined> {
  if (file.contactSheetOf !== undefined) {
    const made = await parts.contactSheets.of(file.contactSheetOf);
    return made === undefined || made.bytes > maxBytes
      ? undefined
      : { ...file, ...made, isProxy: false, ...KEPT };
  }
  const { api, proxies, mask } = parts;
  const bytes = (await stat(file.path).catch(() => undefined))?.size;
  if (bytes === undefined) return undefined;
  if (file.logOf !== undefined) {
    const copy = await api.log.copy(file.logOf, { maxBytes, say: leftOutOfLog, change: mask.text });
    return copy && { ...file, ...copy, isProxy: false };
  }
  if (bytes <= maxBytes) return { ...file, bytes, isProxy: false, ...KEPT };
  if (result === undefined || !file.mime.startsWith('video/')) return undefined;
  const proxy = await proxies.of(result, file, maxBytes);
  return proxy && { ...proxy, isProxy: true, ...KEPT };
}

/** What stays when it was sent. */
const KEPT = { [Symbol.asyncDispose]: async () => undefined };
