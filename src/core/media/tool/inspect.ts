import { toCosmosError } from '../../errors.ts';
import {
  FIRST_PICTURE_FD,
  INPUT_FD,
  type InspectAnswer,
  type InspectRequest,
  OUTPUT_FD,
  SECOND_INPUT_FD,
  SHEET_FD,
} from './answer.ts';
import { assemble } from './assemble.ts';
import { enforceBounds, writeAnswer, writeProgress } from './call-bounds.ts';
import { writeContactSheet } from './contact-sheet.ts';
import { probeMedia, verifyMedia } from './media-facts.ts';
import { writePoster } from './poster.ts';
import { writeProxy } from './proxy.ts';
import { writeReduced } from './reduce.ts';
import { writeSound } from './sound.ts';

/** `inspect REQUEST`: looks into the file behind file descriptor 3 and prints one line of JSON. */
export async function inspect(argv: readonly string[]): Promise<void> {
  const request = JSON.parse(argv[0] ?? '') as InspectRequest;
  enforceBounds(request.bounds);
  writeAnswer(await answer(request));
}

async function answer(request: InspectRequest): Promise<InspectAnswer> {
  try {
    switch (request.call) {
      case 'probe':
        return { ok: true, facts: await probeMedia(INPUT_FD, request.limits) };
      case 'verify':
        return { ok: true, facts: await verifyMedia(INPUT_FD, request.limits) };
      case 'poster':
        await writePoster([INPUT_FD, SECOND_INPUT_FD], OUTPUT_FD, request.width);
        return { ok: true };
      case 'contact-sheet': {
        const pictures = request.plan.cells.filter(({ picture }) => picture !== undefined);
        const inputs = pictures.map((_, index) => FIRST_PICTURE_FD + index);
        await writeContactSheet(inputs, SHEET_FD, request.plan);
        return { ok: true };
      }
      case 'proxy':
        await writeProxy(INPUT_FD, request.to, request.plan);
        return { ok: true };
      case 'reduce':
        await writeReduced(INPUT_FD, request.to, request.plan, writeProgress());
        return { ok: true };
      case 'sound':
        await writeSound(INPUT_FD, request.to, request.plan);
        return { ok: true };
      case 'assemble': {
        const frames = await assemble(INPUT_FD, request.to, request.plan, writeProgress());
        return { ok: true, ...(frames && { frames }) };
      }
    }
  } catch (thrown) {
    const error = toCosmosError(thrown);
    if (error.code !== 'internal.unexpected')
      return { ok: false, code: error.code, parameters: error.parameters };
    return { ok: false, code: 'media.worker_failed', parameters: { detail: error.message } };
  }
}
