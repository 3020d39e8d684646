import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  controlPanels,
  labelFont,
  previewGraph,
  videosOf,
} from '../../../src/core/media/tool/control-graph.ts';
import { parseControlSpec } from '../../../src/core/media/tool/control-spec.ts';
import { filterValue } from '../../../src/core/media/tool/filter-value.ts';

const everything = parseControlSpec(
  JSON.stringify({
    prompt: 'a street',
    video: 'color.mp4',
    controls: {
      edge: { weight: 0.8, threshold: 'very_low' },
      vis: { weight: 0.25 },
      depth: { weight: 1, video: 'd.mp4' },
      seg: { weight: 0, video: 's.mp4' },
    },
  }),
);

describe('parseControlSpec', () => {
  it('fills in medium presets and the greatest width', () => {
    expect(everything.controls.vis?.strength).toBe('medium');
    expect(everything.max_width).toBe(1920);
  });

  it.each([
    ['not JSON', '{"prompt"'],
    ['an unknown key', '{"prompt":"","video":"a","controls":{"edge":{"weight":1}},"wieght":1}'],
    ['no control', '{"prompt":"","video":"a","controls":{}}'],
    ['a weight above 1', '{"prompt":"","video":"a","controls":{"edge":{"weight":1.1}}}'],
    ['an unknown preset', '{"prompt":"","video":"a","controls":{"edge":{"weight":1,"threshold":"max"}}}'],
    ['depth without a video', '{"prompt":"","video":"a","controls":{"depth":{"weight":1}}}'],
    ['no video', '{"prompt":"","controls":{"edge":{"weight":1}}}'],
    ['no rate', '{"prompt":"","video":"a","fps":0,"controls":{"edge":{"weight":1}}}'],
  ])('refuses %s', (_, json) => {
    expect(() => parseControlSpec(json)).toThrow(/^The spec is not/);
  });
});

describe('controlPanels', () => {
  it('names weight and preset of every control, after the source', () => {
    expect(controlPanels(everything, 352).map((panel) => panel.label)).toEqual([
      'source',
      'edge 0.8 very low',
      'vis 0.25 medium',
      'depth 1',
      'seg 0',
    ]);
  });

  it('takes depth and seg from their own videos', () => {
    expect(videosOf(everything)).toEqual(['color.mp4', 'd.mp4', 's.mp4']);
    expect(controlPanels(everything, 352).map((panel) => panel.input)).toEqual([0, 0, 0, 1, 2]);
  });

  it('blurs a larger picture more, so that a preset looks alike', () => {
    const sigma = (side: number) =>
      Number(/sigma=([\d.]+)/.exec(controlPanels(everything, side)[2]?.filter ?? '')?.[1]);
    expect(sigma(1080) / sigma(540)).toBeCloseTo(2, 1);
  });
});

describe('previewGraph', () => {
  const layout = {
    sourceWidth: 641,
    sourceHeight: 351,
    maxWidth: 1000,
    quarterTurns: [0, 0, 0],
    fontFile: 'font.ttf',
  };

  it('puts up to three panels in a row and more in a grid, with even sizes', () => {
    const panels = controlPanels(everything, 351);
    expect(previewGraph(panels.slice(0, 3), layout)).toContain('layout=0_0|334_0|668_0');
    expect(previewGraph(panels, layout)).toContain('layout=0_0|334_0|668_0|0_184|334_184');
    expect(previewGraph(panels, layout)).toContain('scale=330:180');
  });

  it('never enlarges the source', () => {
    expect(previewGraph(controlPanels(everything, 351), { ...layout, maxWidth: 7680 })).toContain(
      'scale=640:',
    );
  });
});

describe('filterValue', () => {
  it('escapes what would end an option, a filter or a chain', () => {
    expect(filterValue("a'b:c,d;e[f]\\g")).toBe("a\\\\\\'b\\\\:c\\,d\\;e\\[f\\]\\\\\\\\g");
  });
});

describe('labelFont', () => {
  it('is a file that was installed with the bot', () => {
    expect(existsSync(labelFont())).toBe(true);
  });
});
