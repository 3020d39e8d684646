import { closeSync, openSync } from 'node:fs';
import { decodeFrames } from '../../src/core/media/tool/decode-frames.ts';
import { openMedia } from '../../src/core/media/tool/open-media.ts';

/**
 * A program: `node picture-brightness.ts PICTURE COLUMNS ROWS` prints, as JSON, the mean brightness (luma) of each field
 * of a grid over a picture. Runs in a process of its own because it loads FFmpeg.
 */
const [path = '', columns = '1', rows = '1'] = process.argv.slice(2);
const fd = openSync(path, 'r');
{
  await using media = await openMedia(fd, 1e9);
  for await (const frame of decodeFrames(media)) {
    const luma = frame.data?.[0] ?? Buffer.alloc(0);
    const stride = frame.linesize[0] ?? 0;
    const width = Math.floor(frame.width / Number(columns));
    const height = Math.floor(frame.height / Number(rows));
    const fields = Array.from({ length: Number(columns) * Number(rows) }, (_, index) => {
      const left = (index % Number(columns)) * width;
      const top = Math.floor(index / Number(columns)) * height;
      let sum = 0;
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) sum += luma[y * stride + x] ?? 0;
      return sum / (width * height);
    });
    process.stdout.write(JSON.stringify(fields));
  }
}
closeSync(fd);
