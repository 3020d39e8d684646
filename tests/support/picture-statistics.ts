import { closeSync, openSync } from 'node:fs';
import { decodeFrames } from '../../src/core/media/tool/decode-frames.ts';
import { openMedia } from '../../src/core/media/tool/open-media.ts';

/**
 * A program: `node picture-statistics.ts VIDEO COLUMNS ROWS` prints, as JSON, what a test may know of the
 * brightness (luma) of each field of a grid over one frame. Runs in a process of its own because it loads FFmpeg.
 */
const [path = '', columns = '1', rows = '1'] = process.argv.slice(2);
const fd = openSync(path, 'r');
{
  await using media = await openMedia(fd, 1e9);
  let frames = 0;
  let fields: unknown;
  let size = {};
  for await (const frame of decodeFrames(media)) {
    frames += 1;
    if (frames !== 6) continue;
    size = { width: frame.width, height: frame.height, pixelFormat: frame.format };
    const luma = frame.data?.[0] ?? Buffer.alloc(0);
    fields = measure(luma, frame.linesize[0] ?? 0, frame.width, frame.height);
  }
  process.stdout.write(JSON.stringify({ ...size, frames, codec: media.codec, fields }));
}
closeSync(fd);

function measure(luma: Buffer, stride: number, width: number, height: number) {
  const [fieldWidth, fieldHeight] = [Math.floor(width / Number(columns)), Math.floor(height / Number(rows))];
  return Array.from({ length: Number(columns) * Number(rows) }, (_, index) => {
    const left = (index % Number(columns)) * fieldWidth;
    const top = Math.floor(index / Number(columns)) * fieldHeight;
    let [sum, squares, bright, count, most] = [0, 0, 0, 0, 0];
    // Below the label, and away from the gap between the fields.
    for (let y = top + Math.floor(fieldHeight * 0.3); y < top + fieldHeight - 6; y++) {
      for (let x = left + 6; x < left + fieldWidth - 6; x++) {
        const value = luma[y * stride + x] ?? 0;
        sum += value;
        squares += value * value;
        bright += value > 60 ? 1 : 0;
        most = Math.max(most, value);
        count += 1;
      }
    }
    const mean = sum / count;
    return { mean, deviation: Math.sqrt(squares / count - mean * mean), bright: bright / count, most };
  });
}
