import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentDisposition } from '../../../src/bot/web/content-disposition.ts';

it('keeps a usual name', () => {
  expect(contentDisposition('rainy_street-rs_3fq8w1zz.mp4')).toBe(
    `attachment; filename="rainy_street-rs_3fq8w1zz.mp4"; filename*=UTF-8''rainy_street-rs_3fq8w1zz.mp4`,
  );
});

it('writes letters of every script exactly, and as ASCII for those who read no more', () => {
  expect(contentDisposition('夜 (1).mp4')).toBe(
    `attachment; filename="_ (1).mp4"; filename*=UTF-8''%E5%A4%9C%20%281%29.mp4`,
  );
});

it('is one header without a path, whatever the name is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
      const header = contentDisposition(name);
      expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9._~%-]*$/);
      const [, ascii = '', exact = ''] = /filename="([^"]*)"; filename\*=UTF-8''(.*)$/.exec(header) ?? [];
      for (const written of [ascii, decodeURIComponent(exact)]) {
        expect(written).not.toMatch(/[/\\\r\n\0]|^\./);
      }
    }),
  );
});
