import { createRequire } from 'node:module';
import type { ControlPreset, ControlSpec } from './control-spec.ts';
import { filterValue } from './filter-value.ts';
import { uprightFilter } from './upright-filter.ts';

/** One picture of the preview. */
export interface ControlPanel {
  readonly label: string;
  /** Which video it is made from: 0 is the colour video, further ones come in the order of `videosOf`. */
  readonly input: number;
  readonly filter: string;
}

export interface PreviewLayout {
  /** Of the colour video, as displayed. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly maxWidth: number;
  /** For each input. */
  readonly quarterTurns: readonly number[];
  readonly fontFile: string;
}

/**
 * Canny thresholds of the model family's presets are 20/50, 50/100, 100/200, 200/300 and 300/400 on OpenCV's
 * scale. FFmpeg smooths the picture first (which halves gradients) and clips at 255, hence half of each, / 255.
 */
const EDGE_THRESHOLDS: Readonly<Record<ControlPreset, readonly [low: number, high: number]>> = {
  very_low: [10 / 255, 25 / 255],
  low: [25 / 255, 50 / 255],
  medium: [50 / 255, 100 / 255],
  high: [100 / 255, 150 / 255],
  very_high: [150 / 255, 200 / 255],
};

/** Standard deviation of the blur as a share of the shorter side, so that a preset looks alike at every size. */
const BLUR_SHARES: Readonly<Record<ControlPreset, number>> = {
  very_low: 0.006,
  low: 0.012,
  medium: 0.022,
  high: 0.036,
  very_high: 0.056,
};

const GAP = 4;
const LARGEST_LABEL = 40;

/** The font for the labels comes with the bot: a container or a small server has none. */
export function labelFont(): string {
  return createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
}

/** The videos that a spec names, colour first. */
export function videosOf(spec: ControlSpec): readonly string[] {
  const { depth, seg } = spec.controls;
  return [spec.video, ...[depth, seg].flatMap((control) => (control === undefined ? [] : [control.video]))];
}

/** What the log and the labels call the controls, such as `edge 0.8 medium`. */
export function controlPanels(spec: ControlSpec, shorterSide: number): readonly ControlPanel[] {
  const { edge, vis, depth, seg } = spec.controls;
  const panels: ControlPanel[] = [{ label: 'source', input: 0, filter: 'null' }];
  if (edge !== undefined) {
    const [low, high] = EDGE_THRESHOLDS[edge.threshold];
    const filter = `format=gray,edgedetect=low=${low.toFixed(4)}:high=${high.toFixed(4)}`;
    panels.push({
      label: `edge ${edge.weight} ${words(edge.threshold)}`,
      input: 0,
      filter: weighted(filter, edge.weight),
    });
  }
  if (vis !== undefined) {
    const filter = `gblur=sigma=${(BLUR_SHARES[vis.strength] * shorterSide).toFixed(2)}`;
    panels.push({
      label: `vis ${vis.weight} ${words(vis.strength)}`,
      input: 0,
      filter: weighted(filter, vis.weight),
    });
  }
  let input = 1;
  for (const [name, control] of [
    ['depth', depth],
    ['seg', seg],
  ] as const) {
    if (control === undefined) continue;
    panels.push({ label: `${name} ${control.weight}`, input, filter: weighted('null', control.weight) });
    input += 1;
  }
  return panels;
}

/** The whole graph from `[in0]`, `[in1]`, … to `[out]`. */
export function previewGraph(panels: readonly ControlPanel[], layout: PreviewLayout): string {
  const columns = panels.length <= 3 ? panels.length : Math.ceil(panels.length / 2);
  const size = panelSize(layout, columns);
  const chains: string[] = [];
  for (const [input, turns] of layout.quarterTurns.entries()) {
    const users = panels.flatMap((panel, index) => (panel.input === input ? [`[s${index}]`] : []));
    chains.push(`[in${input}]${uprightFilter(turns)},format=yuv420p,split=${users.length}${users.join('')}`);
  }
  for (const [index, panel] of panels.entries()) {
    const fit = `scale=${size.width}:${size.height}:flags=area,format=yuv420p,setsar=1`;
    chains.push(
      `[s${index}]${panel.filter},${fit},${labelled(panel.label, size.height, layout.fontFile)}[p${index}]`,
    );
  }
  const places = panels.map((_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    return `${column * (size.width + GAP)}_${row * (size.height + GAP)}`;
  });
  const inputs = panels.map((_, index) => `[p${index}]`).join('');
  return [
    ...chains,
    `${inputs}xstack=inputs=${panels.length}:layout=${places.join('|')}:fill=0x14141c,format=yuv420p[out]`,
  ].join(';');
}

function panelSize(
  layout: PreviewLayout,
  columns: number,
): { readonly width: number; readonly height: number } {
  const room = (layout.maxWidth - GAP * (columns - 1)) / columns;
  const width = Math.min(layout.sourceWidth, room);
  return { width: even(width), height: even((width * layout.sourceHeight) / layout.sourceWidth) };
}

/** Towards black by weight: what counts little is seen little. */
function weighted(filter: string, weight: number): string {
  const colour = `128+(val-128)*${weight}`;
  return `${filter},format=yuv420p,lutyuv=y=16+(val-16)*${weight}:u=${colour}:v=${colour}`;
}

function labelled(label: string, height: number, fontFile: string): string {
  const fontSize = Math.max(10, Math.min(LARGEST_LABEL, Math.round(height / 16)));
  const edge = Math.round(fontSize / 2);
  return [
    `drawtext=fontfile=${filterValue(fontFile)}:text=${filterValue(label)}:expansion=none`,
    `fontsize=${fontSize}:fontcolor=white:x=${edge * 2}:y=${edge * 2}:y_align=font:box=1:boxcolor=black@0.6:boxborderw=${edge}`,
  ].join(':');
}

function words(preset: ControlPreset): string {
  return preset.replace('_', ' ');
}

function even(value: number): number {
  return Math.max(2, 2 * Math.floor(value / 2));
}
