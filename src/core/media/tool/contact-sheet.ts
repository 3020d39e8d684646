import { writeSync } from 'node:fs';
import { AV_PIX_FMT_RGB24 } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import type { PlannedCell, SheetPlan } from '../sheet-plan.ts';
import { labelFont } from './control-graph.ts';
import { decodeFrames } from './decode-frames.ts';
import { filterValue } from './filter-value.ts';
import { openFrameFilter } from './frame-filter.ts';
import { openMedia } from './open-media.ts';
import { encodePicture } from './poster.ts';

/** Stills are small; this only keeps nonsense out. */
const MOST_PIXELS = 4096 * 4096;
const GAP = 8;
const BACKGROUND = [20, 20, 28] as const;
const BACKGROUND_NAME = '0x14141c';
const TITLE_COLOUR = 'white';
const SUBTITLE_COLOUR = '0x9a9aa8';
/** Share of its size that a character of the font is wide, of the usual text. */
const CHARACTER_WIDTH = 0.6;
/** The shape of a cell where no picture tells: 16:9. */
const USUAL_SHAPE = 9 / 16;
/** The frame from which a cell without a picture is made, pixels. */
const EMPTY_SIZE = 16;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Draws all cells, each above its words, and writes them as one JPEG. `pictures` are file descriptors. */
export async function writeContactSheet(
  pictures: readonly number[],
  output: number,
  plan: SheetPlan,
): Promise<void> {
  const { cells, columns, width } = plan;
  const decoded: Frame[] = [];
  for (const picture of pictures) decoded.push(await firstFrame(picture));
  try {
    const picture = { width, height: pictureHeight(decoded, width) };
    const words = wordsHeight(width);
    const rows = Math.ceil(cells.length / columns);
    const sheet = new Sheet({
      width: columns * (width + GAP) + GAP,
      height: rows * (picture.height + words + GAP) + GAP,
    });
    for (const [index, cell] of cells.entries()) {
      const source = cell.picture === undefined ? undefined : decoded[cell.picture];
      const drawn = await drawCell(source, cell, picture);
      const [column, row] = [index % columns, Math.floor(index / columns)];
      sheet.put(drawn, { width, height: picture.height + words }, [
        GAP + column * (width + GAP),
        GAP + row * (picture.height + words + GAP),
      ]);
    }
    const jpeg = await sheet.toJpeg();
    for (let written = 0; written < jpeg.length; ) written += writeSync(output, jpeg, written);
  } finally {
    for (const frame of decoded) frame.free();
  }
}

/** Packed RGB, 3 bytes per pixel, into which cells are copied. */
class Sheet {
  readonly #size: Size;
  readonly #rgb: Buffer;

  constructor(size: Size) {
    this.#size = size;
    this.#rgb = Buffer.alloc(size.width * size.height * 3, Buffer.from(BACKGROUND));
  }

  put(cell: Buffer, { width, height }: Size, [left, top]: readonly [number, number]): void {
    for (let row = 0; row < height; row += 1) {
      const to = ((top + row) * this.#size.width + left) * 3;
      cell.copy(this.#rgb, to, row * width * 3, (row + 1) * width * 3);
    }
  }

  async toJpeg(): Promise<Buffer> {
    const shape = { ...this.#size, pixelFormat: AV_PIX_FMT_RGB24 };
    using filter = await openFrameFilter([shape], '[in0]scale=out_range=pc,format=yuvj420p[out]');
    using picture = Frame.fromVideoBuffer(this.#rgb, { ...this.#size, format: AV_PIX_FMT_RGB24 });
    return await encodePicture(await filter.push([picture]));
  }
}

/** A copy of the only frame of a picture, to be freed by the caller. */
async function firstFrame(fd: number): Promise<Frame> {
  await using media = await openMedia(fd, MOST_PIXELS);
  for await (const frame of decodeFrames(media)) {
    const kept = frame.clone();
    if (kept !== null) return kept;
  }
  throw new Error('There is no picture in it');
}

/** All cells are alike, as high as the first picture wants. */
function pictureHeight([first]: readonly Frame[], width: number): number {
  const shape = first === undefined ? USUAL_SHAPE : first.height / first.width;
  return even(Math.min(width * 2, width * shape));
}

async function drawCell(source: Frame | undefined, cell: PlannedCell, size: Size): Promise<Buffer> {
  using empty = Frame.fromVideoBuffer(Buffer.alloc(EMPTY_SIZE * EMPTY_SIZE * 3, Buffer.from(BACKGROUND)), {
    width: EMPTY_SIZE,
    height: EMPTY_SIZE,
    format: AV_PIX_FMT_RGB24,
  });
  const frame = source ?? empty;
  const shape = { width: frame.width, height: frame.height, pixelFormat: frame.format };
  using filter = await openFrameFilter([shape], `[in0]${cellGraph(cell, size)},format=rgb24[out]`);
  return (await filter.push([frame])).toBuffer();
}

/** The picture fitted in, on a frame of its own colour where there is none, and the words below it. */
function cellGraph({ picture, title, subtitle }: PlannedCell, { width, height }: Size): string {
  const fit =
    picture === undefined
      ? `scale=${width}:${height},drawbox=x=0:y=0:w=iw:h=ih:color=${SUBTITLE_COLOUR}@0.5:t=1`
      : `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=area,` +
        `format=rgb24,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=${BACKGROUND_NAME}`;
  const { titleSize, subtitleSize } = fontSizes(width);
  const titleTop = height + Math.round(titleSize * 0.4);
  const subtitleTop = titleTop + Math.round(titleSize * 1.35);
  return [
    `${fit},setsar=1,format=rgb24,pad=${width}:${height + wordsHeight(width)}:0:0:color=${BACKGROUND_NAME}`,
    drawText(title, { size: titleSize, top: titleTop, width, colour: TITLE_COLOUR }),
    drawText(subtitle, { size: subtitleSize, top: subtitleTop, width, colour: SUBTITLE_COLOUR }),
  ]
    .filter((part) => part !== '')
    .join(',');
}

function drawText(
  text: string,
  { size, top, width, colour }: { size: number; top: number; width: number; colour: string },
): string {
  const shown = fitted(text, Math.floor((width - size) / (size * CHARACTER_WIDTH)));
  if (shown === '') return '';
  return [
    `drawtext=fontfile=${filterValue(labelFont())}:text=${filterValue(shown)}:expansion=none`,
    `fontsize=${size}:fontcolor=${colour}:x=${Math.round(size / 3)}:y=${top}:y_align=font`,
  ].join(':');
}

/** One line; what is too long is cut where it says the least: in the middle. */
function fitted(text: string, characters: number): string {
  const line = [...text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()];
  if (line.length <= characters) return line.join('');
  const kept = Math.max(0, characters - 1);
  return `${line.slice(0, Math.ceil(kept / 2)).join('')}…${line.slice(line.length - Math.floor(kept / 2)).join('')}`;
}

function fontSizes(width: number): { readonly titleSize: number; readonly subtitleSize: number } {
  return {
    titleSize: Math.max(13, Math.round(width / 22)),
    subtitleSize: Math.max(11, Math.round(width / 28)),
  };
}

function wordsHeight(width: number): number {
  const { titleSize, subtitleSize } = fontSizes(width);
  return even(titleSize * 1.75 + subtitleSize * 1.6);
}

function even(value: number): number {
  return Math.max(2, 2 * Math.round(value / 2));
}
