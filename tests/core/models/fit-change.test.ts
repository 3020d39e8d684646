import { describe, expect, it } from 'vitest';
import { type FitChange, fitChange } from '../../../src/core/models/fit-change.ts';
import { smallHost } from '../../../src/core/models/gpu-memory.ts';
import { parseProfile } from '../../../src/core/models/parse-profile.ts';
import { asPrepared } from '../../../src/core/models/prepare.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import type { MediaFacts } from '../../../src/core/ports/media.ts';
import type { PromptInput, Role } from '../../../src/core/prompts/prompt.ts';
import { codes, must } from '../../support/workbench.ts';

const TABLE = {
  schema: 1,
  id: 'tight',
  title: 'Tight',
  description: 'Takes little',
  version: '1',
  inputs: {
    color: { required: true, extensions: ['mp4', 'mov'] },
    depth: {},
    audio: { extensions: ['wav', 'mp3'], min_seconds: 1, max_seconds: 10 },
    image: { extensions: ['jpg', 'png'] },
  },
  media: { min_frames: 2, max_frames: 100, max_pixels: 640 * 360 },
  command: { argv: ['true'] },
  success: { outputs: [{ kind: 'video', path: 'out.mp4', label: 'video' }] },
};

const profile = (changes: object = {}): Profile => must(parseProfile({ ...TABLE, ...changes }, 'tight.toml'));

function input(role: Role, extension: string, facts: MediaFacts): PromptInput {
  const sha256 = `${role}${extension}`.padEnd(64, '0') as PromptInput['asset']['sha256'];
  return { role, originalName: `clip.${extension}`, asset: { sha256, bytes: 1, extension, facts } };
}

const video = (role: Role, extension = 'mp4', { width = 640, height = 360, frames = 50 } = {}): PromptInput =>
  input(role, extension, {
    ...{ kind: 'video', width, height, fps: 24, frames, codec: 'h264', hasAudio: true },
    durationMs: (frames / 24) * 1000,
  });
const sound = (extension: string, seconds: number): PromptInput =>
  input('audio', extension, { kind: 'audio', durationMs: seconds * 1000, codec: 'x' });
const picture = (extension: string, width: number, height: number): PromptInput =>
  input('image', extension, { kind: 'image', width, height, codec: 'x' });

const does = (change: FitChange | undefined) => change?.does;
const rolesOf = (change: FitChange | undefined) => change?.files.map((file) => file.input.role);

describe('what would make a model take files', () => {
  it('is nothing where it takes them', () => {
    expect(fitChange(profile(), [video('color'), sound('wav', 2), picture('png', 64, 64)])).toBeUndefined();
  });

  it('is another format of the file that it cannot read, and of no other', () => {
    const change = fitChange(profile(), [video('color', 'mkv'), video('depth', 'avi')]);

    expect(does(change)).toEqual([{ kind: 'convert', to: 'mp4' }]);
    expect(rolesOf(change)).toEqual(['color']);
    expect(change?.files[0]?.way).toEqual({
      kind: 'video',
      plan: { width: 640, height: 360, fps: 24, frames: 50 },
    });
  });

  it('is the beginning of all videos where they are too long, so that they keep one length', () => {
    const long = { frames: 412 };
    const change = fitChange(profile(), [video('color', 'mp4', long), video('depth', 'mp4', long)]);

    expect(does(change)).toEqual([{ kind: 'cut', frames: 100 }]);
    expect(rolesOf(change)).toEqual(['color', 'depth']);
  });

  it('is fewer pixels of all of them, and never more than it takes', () => {
    const change = fitChange(profile(), [video('color', 'mkv', { width: 1921, height: 1081, frames: 101 })]);
    const [convert, cut, shrink] = does(change) ?? [];

    expect([convert, cut]).toEqual([
      { kind: 'convert', to: 'mp4' },
      { kind: 'cut', frames: 100 },
    ]);
    expect(shrink?.kind === 'shrink' && shrink.width * shrink.height <= 640 * 360).toBe(true);
  });

  it('is another format, or the beginning, of a sound', () => {
    expect(does(fitChange(profile(), [video('color'), sound('flac', 12)]))).toEqual([
      { kind: 'convert', to: 'wav' },
      { kind: 'shorten', seconds: 10 },
    ]);
  });

  it('is a picture that it can read, and that is small enough', () => {
    expect(does(fitChange(profile(), [video('color'), picture('webp', 1280, 720)]))).toEqual([
      { kind: 'convert', to: 'jpg' },
      { kind: 'shrink', width: 640, height: 360 },
    ]);
  });

  it.each([
    ['a file is missing', [video('depth', 'mp4', { frames: 500 })]],
    ['a video is too short', [video('color', 'mkv', { frames: 1 })]],
    ['a sound is too short', [video('color', 'mkv'), sound('wav', 0.5)]],
  ])('is not there where %s: no change helps', (_, inputs) => {
    expect(fitChange(profile(), inputs)).toBeUndefined();
  });

  it('is not there where the model takes no format that the bot makes', () => {
    const inputs = { ...TABLE.inputs, color: { required: true, extensions: ['mov'] } };

    expect(fitChange(profile({ inputs }), [video('color')])).toBeUndefined();
  });
});

describe('what a profile has made of files by itself', () => {
  it('is a WAV file of every sound, and no format of it is refused', () => {
    const prepare = { sample_rate: 16_000, max_seconds: 5 };
    const prepared = profile({ inputs: { audio: { extensions: ['wav'], prepare } }, media: {} });

    expect(asPrepared(prepared, sound('ogg', 30)).asset).toMatchObject({
      extension: 'wav',
      facts: { durationMs: 5000, codec: 'pcm_s16le' },
    });
    expect(fitChange(prepared, [sound('ogg', 30)])).toBeUndefined();
  });

  it('is a video of another rate that lasts as long', () => {
    const prepared = profile({ inputs: { color: { prepare: { fps: 12 } } }, media: {} });

    expect(asPrepared(prepared, video('color')).asset.facts).toMatchObject({ fps: 12, frames: 25 });
    const right = profile({ inputs: { color: { prepare: { fps: 24 } } }, media: {} });
    expect(asPrepared(right, video('color')).asset).toEqual(video('color').asset);
  });

  it.each([
    [{ color: { prepare: { sample_rate: 16_000 } } }],
    [{ audio: { prepare: { fps: 24 } } }],
    [{ audio: { prepare: { channels: 1 } } }],
    [{ color: { min_seconds: 1 } }],
    [{ audio: { min_seconds: 3, max_seconds: 2 } }],
  ])('has to make sense for its kind of file: %j does not', (inputs) => {
    expect(codes(parseProfile({ ...TABLE, inputs }, 'tight.toml'))).toContain('config.profile_invalid');
  });
});

describe('a host', () => {
  const gpu = (index: string, gb: number) => ({
    ...{ index, uuid: `GPU-${index}`, name: 'GPU' },
    memoryTotalBytes: gb * 1024 ** 3,
  });
  const host = {
    name: 'gpu1',
    lanes: [
      { name: 'a', gpus: ['0'] },
      { name: 'b', gpus: ['1'] },
    ],
  } as never;
  const answer = (...gpus: ReturnType<typeof gpu>[]) => ({ state: 'listed', gpus }) as const;
  const wanting = (gb?: number) => (gb === undefined ? {} : { min_vram_gb: gb });

  it('is too small for a model where each of its lanes is', () => {
    expect(smallHost(host, answer(gpu('0', 24), gpu('1', 40)), wanting(65))).toEqual({
      host: 'gpu1',
      bytes: 40 * 1024 ** 3,
      wantedGb: 65,
    });
    expect(smallHost(host, answer(gpu('0', 24), gpu('1', 80)), wanting(65))).toBeUndefined();
    expect(smallHost(host, answer(gpu('0', 24), gpu('1', 24)), wanting(24))).toBeUndefined();
  });

  it('is not where nobody knows, or the model says nothing', () => {
    expect(smallHost(host, undefined, wanting(65))).toBeUndefined();
    expect(smallHost(host, { state: 'no_tool' }, wanting(65))).toBeUndefined();
    expect(smallHost(host, answer(gpu('0', 24)), wanting(65))).toBeUndefined();
    expect(smallHost(host, answer(gpu('0', 24), gpu('1', 24)), wanting())).toBeUndefined();
  });
});
