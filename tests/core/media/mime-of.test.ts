import { describe, expect, it } from 'vitest';
import { mimeOf } from '../../../src/core/media/mime-of.ts';

describe('mimeOf', () => {
  it('chooses by extension within the kind', () => {
    expect(mimeOf('video', 'mp4')).toBe('video/mp4');
    expect(mimeOf('video', 'MOV')).toBe('video/quicktime');
    expect(mimeOf('audio', 'wav')).toBe('audio/wav');
    expect(mimeOf('image', 'jpg')).toBe('image/jpeg');
  });

  it('never believes an extension of another kind', () => {
    for (const extension of ['html', 'svg', 'js', 'mp4', '', '__proto__', 'constructor']) {
      expect(mimeOf('image', extension)).toBe('application/octet-stream');
    }
  });
});
