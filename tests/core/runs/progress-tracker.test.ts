import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/core/models/profile.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { minimal, preview, transfer1 } from '../models/profiles.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function tracker(profile: Profile, frames?: number) {
  const made = new ProgressTracker(profile, frames === undefined ? {} : { frames });
  const say = (text: string) => {
    made.feed(bytes(text));
    return made.snapshot();
  };
  return Object.assign(made, { say });
}

/** A model that prints steps for each chunk, from several ranks where `rank` says so. */
const stepping = minimal({
  media: { chunk: { length: 93, overlap: 1 } },
  progress: {
    stages: [
      { key: 'loading', title: 'l', begins: '^Loading', share: 20 },
      { key: 'denoising', title: 'd', begins: '^Denoising', share: 60, per_chunk: true },
      { key: 'saving', title: 's', begins: '^Saving', share: 20 },
    ],
    bars: [
      {
        pattern: '^(?:\\[rank(?<rank>\\d)\\] )?Sampling:.* (?<current>\\d+)/(?<total>\\d+)',
        stage: 'denoising',
      },
    ],
  },
});

const bar = (current: number, total = 10, rank?: number) =>
  `\r${rank === undefined ? '' : `[rank${rank}] `}Sampling: ${current * 10}%|##| ${current}/${total} [00:01<00:02]`;

describe('ProgressTracker', () => {
  it('keeps nothing of a line that is not whole yet, whenever it is asked', () => {
    const log = tracker(
      minimal({
        success: { marker: '^saved', outputs: [{ kind: 'video', path: 'output.mp4', label: 'video' }] },
        failures: [
          { key: 'name', pattern: '\\bName$' },
          { key: 'error', pattern: '^Error: (?<reason>.*)', hangs: {} },
        ],
      }),
    );
    log.say('Error: of a Name');
    expect(log.hang).toBeUndefined();
    expect(log.failures.map(({ signature: { key } }) => key)).toEqual(['name', 'error']);
    log.say('less one\n');
    expect(log.failures).toMatchObject([
      {
        signature: { key: 'error' },
        line: 'Error: of a Nameless one',
        groups: { reason: 'of a Nameless one' },
      },
    ]);
    log.say('saved');
    expect(log.hasMarker).toBe(true);
  });

  it('knows nothing before the first line', () => {
    expect(tracker(preview()).snapshot()).toEqual({ logTail: [] });
  });

  it.each(['step 1/99999999999999999999', 'step 99999999999999999999/4', 'step 5/4', 'step 0/0', 'step x/4'])(
    'takes no bar for progress that cannot be one: %j',
    (line) => {
      const log = tracker(
        minimal({
          progress: {
            stages: [{ key: 'work', title: 'working', begins: '^work' }],
            bars: [{ pattern: '^step (?<current>\\w+)/(?<total>\\w+)', stage: 'work' }],
          },
        }),
      );
      log.say('work\nstep 1/4\n');
      expect(log.say(`${line}\n`)).toMatchObject({ percent: 25, step: { current: 1, total: 4 } });
    },
  );

  it('follows the preview from loading to saved', () => {
    const log = tracker(preview());

    expect(log.say('Loading video /a/in/color.mp4\n')).toMatchObject({ modelStage: 'loading', percent: 0 });
    expect(log.say('Rendering 120 frames with edge 0.8\n')).toMatchObject({
      modelStage: 'rendering',
      percent: 5,
    });
    expect(log.say('\rframe 60/120\rframe 61/120')).toMatchObject({
      percent: 50,
      step: { current: 61, total: 120 },
    });
    expect(log.say('\rframe 120/120\n')).toMatchObject({ percent: 95, step: { current: 120, total: 120 } });
    expect(log.hasMarker).toBe(false);
    expect(log.say('Saved video to /a/out/preview.mp4\n')).toEqual({
      modelStage: 'saving',
      percent: 95,
      logTail: [
        'Loading video /a/in/color.mp4',
        'Rendering 120 frames with edge 0.8',
        'frame 120/120',
        'Saved video to /a/out/preview.mp4',
      ],
    });
    expect(log.hasMarker).toBe(true);
  });

  it('counts a bar that has no line end yet only where its total is known: it may be cut', () => {
    const log = tracker(preview());

    expect(log.say('Rendering 120 frames with edge\n\rframe 12/12')).toMatchObject({ percent: 5 });
    expect(log.say('0\rframe 60/120')).toMatchObject({ step: { current: 60, total: 120 } });
    expect(log.say('\rframe 72/12')).toMatchObject({ step: { current: 60, total: 120 } });
  });

  it('shows a bar once, as a terminal would, with the last state last', () => {
    const log = tracker(preview());

    expect(log.say('one\n\rframe 1/9\rframe 2/9\rframe 3/9').logTail).toEqual(['one', 'frame 3/9']);
    expect(log.say('\ntwo\n').logTail).toEqual(['one', 'frame 3/9', 'two']);
  });

  it('keeps a bounded tail of bounded lines', () => {
    const log = tracker(preview());
    const { logTail } = log.say(
      Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(2000)}\n`).join(''),
    );

    expect(logTail).toHaveLength(20);
    expect(logTail.at(-1)).toMatch(/^499 x+…$/);
    expect(Math.max(...logTail.map((text) => text.length))).toBe(300);
  });

  it('goes through clips of a model that prints stages for each of them, and never back', () => {
    const log = tracker(transfer1(), 241);
    const clip = [
      'Starting latent encoding',
      'Starting diffusion sampling',
      'Completed diffusion sampling',
      'Starting VAE decode',
    ];
    const percents: number[] = [];
    const stages: string[] = [];
    const say = (line: string) => {
      const { percent = -1, modelStage = '' } = log.say(`[11-20 10:00:00|INFO|a.py:1:f] ${line}\n`);
      percents.push(percent);
      stages.push(modelStage);
    };
    say('Start creating base model');
    say('Starting data augmentation');
    for (const line of clip) say(line);
    percents.push(log.say(' 50%|█████     | 1/2 [04:00<04:00, 240.0s/it]\r').percent ?? -1);
    for (const line of clip) say(line);
    percents.push(log.say('100%|██████████| 2/2 [08:00<00:00, 240.0s/it]\n').percent ?? -1);
    say('Run guardrail on generated videos');
    say('Saved video to /out/output.mp4');

    expect(percents).toEqual([0, 15, 20, 21, 21, 54, 57, 57, 59, 59, 91, 95, 95, 99]);
    expect(stages.slice(2, 6)).toEqual(['encoding', 'denoising', 'denoising', 'decoding']);
    expect(log.failures).toEqual([]);
  });

  it('does not count the bars of other tools', () => {
    const log = tracker(transfer1(), 241);
    log.say('Starting latent encoding\n');
    const before = log.snapshot();

    log.say(
      'frame loading (JPEG): 100%|████| 2/2 [00:01<00:00]\npropagate in video:  50%|██  | 1/2 [00:01<00:01]\n',
    );

    expect(log.snapshot().percent).toBe(before.percent);
  });

  it('takes a bar of steps that begins anew for the next chunk', () => {
    const log = tracker(stepping, 185);

    expect(log.say(`Loading\nDenoising\n${bar(5)}\r`)).toMatchObject({ percent: 35 });
    expect(log.say(`${bar(10)}\r`)).toMatchObject({ percent: 50 });
    expect(log.say(`${bar(0)}\r`)).toMatchObject({ percent: 50, step: { current: 0, total: 10 } });
    expect(log.say(`${bar(5)}\r`)).toMatchObject({ percent: 65 });
    expect(log.say(`${bar(10)}\rSaving\n`)).toMatchObject({ percent: 80, modelStage: 'saving' });
  });

  it('shows the slowest of several ranks', () => {
    const log = tracker(stepping);

    const { step, percent } = log.say(
      `Loading\nDenoising\n${bar(0, 10, 0)}\r${bar(0, 10, 1)}\r${bar(4, 10, 0)}\r${bar(2, 10, 1)}\r`,
    );

    expect({ step, percent }).toEqual({ step: { current: 2, total: 10 }, percent: 32 });
  });

  it('waits with the next chunk for all ranks', () => {
    const log = tracker(stepping, 185);

    log.say(`Loading\nDenoising\n${bar(0, 10, 0)}\r${bar(9, 10, 1)}\r${bar(10, 10, 0)}\r${bar(1, 10, 0)}\r`);
    expect(log.snapshot().percent).toBe(47);
    expect(log.say(`${bar(10, 10, 1)}\r${bar(1, 10, 1)}\r`).percent).toBe(53);
  });

  it('is not led astray by ranks that print the same bar without saying which they are', () => {
    const log = tracker(stepping, 185);

    log.say(`Loading\nDenoising\n${bar(9)}\r${bar(9)}\r${bar(10)}\r${bar(0)}\r${bar(10)}\r${bar(1)}\r`);

    expect(log.snapshot()).toMatchObject({ percent: 53, step: { current: 1, total: 10 } });
  });

  it('takes a bar for the sign that its stage has begun', () => {
    expect(tracker(stepping).say(`Loading\n${bar(5)}\r`)).toMatchObject({
      modelStage: 'denoising',
      percent: 50,
    });
  });

  it('does not go back to a stage that is over', () => {
    const log = tracker(stepping);

    expect(log.say('Saving\nLoading\nDenoising\n')).toMatchObject({ modelStage: 'saving', percent: 80 });
    expect(log.say(`${bar(1)}\r`)).toMatchObject({ modelStage: 'saving', percent: 80 });
  });

  it('measures a model that has a bar and no stages', () => {
    const profile = minimal({ progress: { bars: [{ pattern: '(?<current>\\d+) of (?<total>\\d+)' }] } });

    expect(tracker(profile).say('step 3 of 4\n')).toEqual({
      percent: 75,
      step: { current: 3, total: 4 },
      logTail: ['step 3 of 4'],
    });
  });

  it.each(['frame 5/0\n', 'frame 7/3\n', 'frame 99999999999999999999/3\n'])(
    'ignores the nonsense %j',
    (text) => {
      expect(tracker(preview()).say(`Rendering 1 frames with x\n${text}`)).toMatchObject({ percent: 5 });
    },
  );

  it('finds a failure early in a long log, with what its pattern captured', () => {
    const log = tracker(transfer1());
    log.say('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has\n');
    const noise = bytes('some line of a long log\n'.repeat(10_000));
    for (let index = 0; index < 20; index += 1) log.feed(noise);
    log.say('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 9.99 GiB.\nthe last words');

    expect(log.failures[0]).toEqual({
      signature: expect.objectContaining({ key: 'gpu_memory' }),
      line: expect.stringContaining('2.50 GiB'),
      groups: { wanted: '2.50 GiB' },
    });
    expect(log.lastLine).toBe('the last words');
  });

  it('gives failures in the order of the profile, not of the log', () => {
    const log = tracker(transfer1());

    log.say('CUDA out of memory\nCRITICAL GUARDRAIL BLOCKED: BLOCKLIST: a bad word\n');

    expect(log.failures.map(({ signature }) => signature.key)).toEqual(['blocked_prompt', 'gpu_memory']);
  });

  it('finds a failure and the marker in a last line without an end', () => {
    const log = tracker(transfer1());

    log.say('Saved video to /out/output.mp4');
    expect(log.hasMarker).toBe(true);
    log.say('\nGatedRepoError');
    expect(log.failures[0]?.signature.key).toBe('gated');
  });

  it('survives a line of ten million digits', () => {
    const log = tracker(transfer1());
    const digits = bytes('12/'.repeat(50_000));
    for (let index = 0; index < 70; index += 1) log.feed(digits);

    expect(log.say('\nStarting VAE decode\n').modelStage).toBe('decoding');
    expect(log.snapshot().logTail[0]).toHaveLength(300);
  });

  it('says the same whatever the size of the chunks', () => {
    const text = `Loading\nDenoising\n${bar(1)}\r${bar(2)}\r\x1b[31mé 🎬\x1b[0m\r\n${bar(7)}\nSaving\nend`;
    const whole = tracker(stepping).say(text);
    const log = tracker(stepping);
    for (const byte of bytes(text)) log.feed(Uint8Array.of(byte));

    expect(log.snapshot()).toEqual(whole);
  });
});
