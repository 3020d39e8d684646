import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileLinks, type LinkedFile } from '../../../src/bot/web/file-links.ts';
import { invalid, valid } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { endedRun } from '../samples.ts';
import { EDGE, VIDEO } from '../thread-view/sample-views.ts';

const HOUR = 3_600_000;
const RUN = endedRun({ outputs: [VIDEO, { ...EDGE, label: 'edge (夜)' }] });

/** With these secrets, the first of which signs. */
function linksWith(clock: FakeClock, ...secrets: readonly string[]): FileLinks {
  const [first = '', ...former] = secrets;
  return new FileLinks({
    web: {
      publicUrl: 'https://cosmos.example.com/tools',
      linkSecret: { env: first },
      previousLinkSecrets: former.map((env) => ({ env })),
      linkLifetimeMs: HOUR,
    },
    secrets: (reference) => valid(new Secret(('env' in reference ? reference.env : '').repeat(32))),
    clock,
  });
}

function partsOf(address: string): LinkedFile {
  const url = new URL(address);
  const [run = '', output = '', name = ''] = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const word = (key: string) => url.searchParams.get(key) ?? '';
  return { run, output, name, expires: word('expires'), signature: word('signature') };
}

describe('a link to a file', () => {
  it('names run, output and file for people, and no path', () => {
    const link = linksWith(new FakeClock(), 'A').to(RUN, 0);
    expect(link.url).toMatch(
      /^https:\/\/cosmos\.example\.com\/tools\/files\/rs_3fq8w1zz\/0\/rainy_neon_street-rs_3fq8w1zz\.mp4\?expires=\d{10}&signature=[0-9a-f]{64}$/,
    );
    expect(link.name).toBe('rainy_neon_street-rs_3fq8w1zz.mp4');
    expect(link.url).not.toContain(VIDEO.path);
  });

  it('holds nothing that is markup in a chat, whatever the output is called', () => {
    expect(linksWith(new FakeClock(), 'A').to(RUN, 1).url).toMatch(/^[A-Za-z0-9/:.?&=_%-]+$/);
  });

  it('is good until it expires, and not a moment longer', () => {
    const clock = new FakeClock();
    const links = linksWith(clock, 'A');
    const link = links.to(RUN, 1);
    expect(link.until).toBe(clock.now() + HOUR);
    expect(links.check(partsOf(link.url))).toBe('good');
    clock.advance(HOUR - 1);
    expect(links.check(partsOf(link.url))).toBe('good');
    clock.advance(1);
    expect(links.check(partsOf(link.url))).toBe('expired');
  });

  it('is good for another bot with the same secret, also once that has become a former one', () => {
    const clock = new FakeClock();
    const parts = partsOf(linksWith(clock, 'A').to(RUN, 0).url);
    expect(linksWith(clock, 'A').check(parts)).toBe('good');
    expect(linksWith(clock, 'B', 'A').check(parts)).toBe('good');
    expect(linksWith(clock, 'B').check(parts)).toBe('forged');
    expect(partsOf(linksWith(clock, 'B', 'A').to(RUN, 0).url)).not.toEqual(parts);
  });

  it('is forged where anything in it is another', () => {
    const links = linksWith(new FakeClock(), 'A');
    const parts = partsOf(links.to(RUN, 0).url);
    const keys = ['run', 'output', 'name', 'expires', 'signature'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.nat({ max: 63 }),
        fc.oneof(fc.constantFrom('0', '1', 'f', '/', ''), fc.string({ maxLength: 3 })),
        (key, at, put) => {
          const place = at % (parts[key].length + 1);
          const changed = parts[key].slice(0, place) + put + parts[key].slice(place + 1);
          fc.pre(changed !== parts[key]);
          expect(links.check({ ...parts, [key]: changed })).toBe('forged');
        },
      ),
    );
    for (const key of keys) expect(links.check({ ...parts, [key]: '' })).toBe('forged');
    expect(links.check({ ...parts, run: `${parts.run}0`, output: '' })).toBe('forged');
    expect(links.check({ ...parts, signature: parts.signature.toUpperCase() })).toBe('forged');
  });

  it('is not read as another time or place than the one that was signed', () => {
    const links = linksWith(new FakeClock(), 'A');
    const parts = partsOf(links.to(RUN, 0).url);
    for (const expires of [
      `0${parts.expires}`,
      `${parts.expires}.0`,
      ` ${parts.expires}`,
      'Infinity',
      '1e99',
    ])
      expect(links.check({ ...parts, expires })).toBe('forged');
    for (const output of ['00', '0x0', '-0', '0.0', ' 0'])
      expect(links.check({ ...parts, output })).toBe('forged');
  });

  it('is not made without a secret', () => {
    const links = new FileLinks({
      web: {
        publicUrl: 'https://cosmos.example.com',
        linkSecret: { env: 'LINKS' },
        previousLinkSecrets: [],
        linkLifetimeMs: HOUR,
      },
      secrets: () => invalid('config.secret_missing', { variable: 'LINKS' }),
      clock: new FakeClock(),
    });
    expect(() => links.to(RUN, 0)).toThrow('config.secret_missing');
  });
});
