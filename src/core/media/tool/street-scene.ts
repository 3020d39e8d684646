import { asphalt, type Colour, facade, houseAt, houseHeight, pavement } from './street-surfaces.ts';
import { type Car, carsAt } from './street-traffic.ts';

/** What one picture of the scene shows: its colours, how far away things are, or what they are. */
export type SceneView = 'color' | 'depth' | 'seg';

export const SCENE_VIEWS: readonly SceneView[] = ['color', 'depth', 'seg'];

/** Metres: half the width between the house fronts, height of the camera. */
const STREET_HALF_WIDTH = 8;
const CAMERA_HEIGHT = 1.7;
const METRES_PER_SECOND = 9;
/** Beyond this, the haze has swallowed nearly everything. */
const FAR = 140;
const HORIZON = 0.5;
const FOCAL = 0.62;

const HAZE: Colour = [92, 48, 104];
const SEGMENTS = {
  sky: [70, 130, 180],
  road: [128, 64, 128],
  walk: [244, 35, 232],
  house: [70, 70, 70],
  car: [0, 0, 142],
} as const satisfies Record<string, Colour>;

/**
 * A drive down a wet neon street at dusk, drawn pixel by pixel from nothing: the same size and time always give
 * the same bytes. Perspective, parallax, hard edges, soft gradients and moving cars give every control signal
 * something to show.
 */
export class StreetScene {
  readonly #width: number;
  readonly #height: number;
  readonly #view: SceneView;
  readonly #rgb: Buffer;

  constructor(width: number, height: number, view: SceneView) {
    this.#width = width;
    this.#height = height;
    this.#view = view;
    this.#rgb = Buffer.alloc(width * height * 3);
  }

  /** Packed RGB, 3 bytes per pixel, valid until the next call. */
  draw(seconds: number): Buffer {
    const horizon = Math.round(this.#height * HORIZON);
    const focal = this.#width * FOCAL;
    const travelled = seconds * METRES_PER_SECOND;
    for (let row = 0; row < horizon; row++) this.#drawUpperRow(row, horizon, focal, travelled);
    for (let row = horizon; row < this.#height; row++) {
      this.#drawLowerRow(row, horizon, focal, travelled, seconds);
    }
    for (const car of carsAt(seconds)) this.#drawCar(car, horizon, focal);
    return this.#rgb;
  }

  #drawUpperRow(row: number, horizon: number, focal: number, travelled: number): void {
    const rise = (horizon - row - 0.5) / focal;
    for (let column = 0; column < this.#width; column++) {
      const side = (column + 0.5 - this.#width / 2) / focal;
      const distance = STREET_HALF_WIDTH / Math.max(Math.abs(side), 1e-4);
      const height = CAMERA_HEIGHT + rise * distance;
      const along = distance + travelled;
      const house = houseAt(along, side);
      if (distance > FAR || height > houseHeight(house)) this.#paintSky(column, row, side, rise);
      else this.#paint(column, row, facade(house, along, height), distance, SEGMENTS.house);
    }
  }

  #drawLowerRow(row: number, horizon: number, focal: number, travelled: number, seconds: number): void {
    const fall = (row + 0.5 - horizon) / focal;
    const ground = CAMERA_HEIGHT / fall;
    for (let column = 0; column < this.#width; column++) {
      const side = (column + 0.5 - this.#width / 2) / focal;
      const wall = STREET_HALF_WIDTH / Math.max(Math.abs(side), 1e-4);
      if (wall < ground) {
        const along = wall + travelled;
        const house = houseAt(along, side);
        this.#paint(column, row, facade(house, along, CAMERA_HEIGHT - fall * wall), wall, SEGMENTS.house);
        continue;
      }
      const across = side * ground;
      const walk = Math.abs(across) > 5.2;
      const colour = walk ? pavement(across, ground + travelled) : asphalt(across, ground + travelled);
      const shine = walk ? 0.12 : 0.42;
      const wet = this.#reflection(column, row, horizon, ground, seconds);
      const mixed: Colour = [
        colour[0] + wet[0] * shine,
        colour[1] + wet[1] * shine,
        colour[2] + wet[2] * shine,
      ];
      this.#paint(column, row, mixed, ground, walk ? SEGMENTS.walk : SEGMENTS.road);
    }
  }

  /** What the wet ground mirrors: the picture above the horizon, shaken by ripples that grow towards us. */
  #reflection(column: number, row: number, horizon: number, ground: number, seconds: number): Colour {
    if (this.#view !== 'color') return [0, 0, 0];
    const ripple =
      Math.sin(row * 1.9 + seconds * 7) * Math.sin(row * 0.37 + seconds * 3) * (14 / (ground + 2));
    const mirrored = Math.max(0, 2 * horizon - 1 - row);
    const shaken = Math.min(this.#width - 1, Math.max(0, Math.round(column + ripple)));
    const at = (mirrored * this.#width + shaken) * 3;
    return [this.#rgb[at] ?? 0, this.#rgb[at + 1] ?? 0, this.#rgb[at + 2] ?? 0];
  }

  #paintSky(column: number, row: number, side: number, rise: number): void {
    if (this.#view === 'depth') {
      this.#set(column, row, 0, 0, 0);
      return;
    }
    if (this.#view === 'seg') {
      this.#set(column, row, ...SEGMENTS.sky);
      return;
    }
    const up = Math.min(1, rise / 0.55);
    const sun = Math.hypot(side, rise - 0.1);
    const glow = Math.exp(-sun * 5) * 130;
    const disc = sun < 0.115 ? 1 : 0;
    // Bands of cloud cut through the sun, wider towards the horizon.
    const lit = disc * (Math.sin(rise * 190) > rise * 9 - 0.7 ? 1 : 0.15);
    this.#set(
      column,
      row,
      112 - 92 * up + glow + lit * 130,
      56 - 38 * up + glow * 0.45 + lit * (60 + rise * 500),
      112 - 52 * up + glow * 0.2 - lit * 10,
    );
  }

  #paint(column: number, row: number, colour: Colour, distance: number, segment: Colour): void {
    if (this.#view === 'seg') {
      this.#set(column, row, ...segment);
      return;
    }
    if (this.#view === 'depth') {
      const near = 255 * nearness(distance);
      this.#set(column, row, near, near, near);
      return;
    }
    const clear = Math.exp(-distance / 52);
    this.#set(
      column,
      row,
      HAZE[0] + (colour[0] - HAZE[0]) * clear,
      HAZE[1] + (colour[1] - HAZE[1]) * clear,
      HAZE[2] + (colour[2] - HAZE[2]) * clear,
    );
  }

  #drawCar(car: Car, horizon: number, focal: number): void {
    const scale = focal / car.distance;
    const centre = this.#width / 2 + car.across * scale;
    const ground = horizon + CAMERA_HEIGHT * scale;
    const box = (left: number, right: number, bottom: number, top: number, colour: Colour) =>
      this.#fill(
        centre + left * scale,
        centre + right * scale,
        ground - top * scale,
        ground - bottom * scale,
        {
          colour,
          distance: car.distance,
        },
      );
    box(-0.95, 0.95, 0.28, 0.95, car.body);
    box(-0.72, 0.72, 0.9, 1.45, [car.body[0] * 0.7, car.body[1] * 0.7, car.body[2] * 0.7]);
    box(-0.62, 0.62, 0.98, 1.36, [26, 34, 54]);
    box(-0.9, -0.6, 0, 0.36, [10, 10, 14]);
    box(0.6, 0.9, 0, 0.36, [10, 10, 14]);
    box(-0.9, -0.56, 0.6, 0.78, car.lamp);
    box(0.56, 0.9, 0.6, 0.78, car.lamp);
    if (this.#view !== 'color') return;
    for (const lamp of [-0.73, 0.73]) {
      this.#glow(centre + lamp * scale, ground - 0.69 * scale, 1.1 * scale, car.lamp, 0.75);
      this.#glow(centre + lamp * scale, ground + 0.75 * scale, 1.3 * scale, car.lamp, 0.3);
    }
  }

  #fill(
    left: number,
    right: number,
    top: number,
    bottom: number,
    paint: { readonly colour: Colour; readonly distance: number },
  ): void {
    const [lastRow, lastColumn] = [
      Math.min(this.#height, Math.round(bottom)),
      Math.min(this.#width, Math.round(right)),
    ];
    for (let row = Math.max(0, Math.round(top)); row < lastRow; row++) {
      for (let column = Math.max(0, Math.round(left)); column < lastColumn; column++) {
        this.#paint(column, row, paint.colour, paint.distance, SEGMENTS.car);
      }
    }
  }

  #glow(x: number, y: number, radius: number, colour: Colour, strength: number): void {
    const [lastRow, lastColumn] = [
      Math.min(this.#height - 1, y + radius),
      Math.min(this.#width - 1, x + radius),
    ];
    for (let row = Math.max(0, Math.ceil(y - radius)); row <= lastRow; row++) {
      for (let column = Math.max(0, Math.ceil(x - radius)); column <= lastColumn; column++) {
        const fade = Math.max(0, 1 - Math.hypot(column - x, row - y) / radius) ** 2 * strength;
        const at = (row * this.#width + column) * 3;
        this.#set(
          column,
          row,
          (this.#rgb[at] ?? 0) + colour[0] * fade,
          (this.#rgb[at + 1] ?? 0) + colour[1] * fade,
          (this.#rgb[at + 2] ?? 0) + colour[2] * fade,
        );
      }
    }
  }

  #set(column: number, row: number, red: number, green: number, blue: number): void {
    const at = (row * this.#width + column) * 3;
    this.#rgb[at] = Math.min(255, Math.max(0, red));
    this.#rgb[at + 1] = Math.min(255, Math.max(0, green));
    this.#rgb[at + 2] = Math.min(255, Math.max(0, blue));
  }
}

/** 1 at the camera, 0 far away. */
function nearness(distance: number): number {
  return Math.max(0, 1 - Math.log2(1 + distance / 3) / Math.log2(1 + FAR / 3));
}
