import { createHash } from 'node:crypto';
import type { InstanceId, Sha256 } from '../core/ids.ts';
import type { Random } from '../core/ports/random.ts';
import { temporaryName } from './paths.ts';

/** Another one when the way in which a file is written changes, so that nothing else is continued. */
const FORMAT = 1;
const MARK_DIGITS = 12;

/**
 * Takes the right to go on with the uploads of this bot to one host; undefined while another process of it has the
 * right. Given back by disposal, and by the death of the process.
 */
export type TakeUploadRight = () => Disposable | undefined;

export interface UploadName {
  readonly name: string;
  /** Whether what has the name already is an earlier upload of the same asset by this bot, which nobody writes to now. */
  readonly resume: boolean;
}

/**
 * Under which names uploads write. The one process that has the right uses the same name for the same asset again;
 * every other one, and every other bot, a name of its own: two never write into one file.
 */
export class UploadNames {
  readonly #instance: InstanceId;
  readonly #random: Random;
  readonly #takeRight: TakeUploadRight;
  #right: Disposable | undefined;

  constructor(instance: InstanceId, random: Random, takeRight: TakeUploadRight) {
    this.#instance = instance;
    this.#random = random;
    this.#takeRight = takeRight;
  }

  /** The caller sees to it that this process uploads an asset once at a time. */
  nameFor(asset: Sha256): UploadName {
    this.#right ??= this.#takeRight();
    if (this.#right === undefined) return { name: temporaryName(asset, this.#random), resume: false };
    const mark = createHash('sha256').update(`${FORMAT} ${this.#instance}`).digest('hex');
    return { name: `.${asset}.${mark.slice(0, MARK_DIGITS)}`, resume: true };
  }

  close(): void {
    this.#right?.[Symbol.dispose]();
    this.#right = undefined;
  }
}
