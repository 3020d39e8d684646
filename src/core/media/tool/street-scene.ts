/** What one picture of the scene shows: its colours, how far away things are, or what they are. */
export type SceneView = 'color' | 'depth' | 'seg';

export const SCENE_VIEWS: readonly SceneView[] = ['color', 'depth', 'seg'];

type Colour = readonly [red: number, green: number, blue: number];

/** Metres: half the width between the house fronts, height of the camera, length of a house. */
const STREET_HALF_WIDTH = 8;
const CAMERA_HEIGHT = 1.7;
const HOUSE_LENGTH = 11;
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
      const house = Math.floor(along / HOUSE_LENGTH) * 2 + (side > 0 ? 1 : 0);
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
        const house = Math.floor(along / HOUSE_LENGTH) * 2 + (side > 0 ? 1 : 0);
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
    if (this.#view === 'depth') return this.#set(column, row, 0, 0, 0);
    if (this.#view === 'seg') return this.#set(column, row, ...SEGMENTS.sky);
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
    if (this.#view === 'seg') return this.#set(column, row, ...segment);
    if (this.#view === 'depth') {
      const near = 255 * nearness(distance);
      return this.#set(column, row, near, near, near);
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

interface Car {
  /** Metres ahead of the camera, and to the right of its path. */
  readonly distance: number;
  readonly across: number;
  readonly body: Colour;
  readonly lamp: Colour;
}

const TAIL_LAMP: Colour = [255, 38, 44];
const HEAD_LAMP: Colour = [255, 246, 214];

/** Farthest first, as a painter needs them. */
function carsAt(seconds: number): readonly Car[] {
  const oncoming = (offset: number) => 64 - ((seconds * 21 + offset) % 61);
  const cars: Car[] = [
    {
      distance: 12 + 3 * Math.sin(seconds * 0.9),
      across: 1.9 + 0.25 * Math.sin(seconds * 1.3),
      body: [34, 118, 140],
      lamp: TAIL_LAMP,
    },
    {
      distance: 27 - 2.2 * seconds + 4 * Math.sin(seconds * 0.5),
      across: 2.1,
      body: [122, 40, 78],
      lamp: TAIL_LAMP,
    },
    { distance: oncoming(20), across: -2.2, body: [70, 72, 86], lamp: HEAD_LAMP },
    { distance: oncoming(48), across: -2.4, body: [96, 84, 52], lamp: HEAD_LAMP },
  ];
  return cars.filter((car) => car.distance > 2.5).sort((one, other) => other.distance - one.distance);
}

function houseHeight(house: number): number {
  return 7 + 15 * noise(house, 1);
}

function facade(house: number, along: number, height: number): Colour {
  const tint = noise(house, 2);
  const wall: Colour = [26 + 16 * tint, 24 + 10 * tint, 44 + 26 * (1 - tint)];
  const across = along - Math.floor(along / HOUSE_LENGTH) * HOUSE_LENGTH;
  const sign = neonSign(house, across, height);
  if (sign !== undefined) return sign;
  if (height < 3) return shopFront(house, across, height, wall);
  if (across < 0.35 || across > HOUSE_LENGTH - 0.35) return [wall[0] * 0.6, wall[1] * 0.6, wall[2] * 0.6];
  const [column, storey] = [Math.floor(across / 1.7), Math.floor((height - 3) / 2.4)];
  const [inColumn, inStorey] = [across / 1.7 - column, (height - 3) / 2.4 - storey];
  if (inColumn < 0.24 || inColumn > 0.78 || inStorey < 0.25 || inStorey > 0.78) return wall;
  const light = noise(house * 31 + column, storey + 3);
  if (light < 0.5) return [20, 26, 48];
  const strength = 0.55 + 0.45 * noise(column, house + storey);
  return light < 0.82
    ? [255 * strength, 186 * strength, 98 * strength]
    : [110 * strength, 206 * strength, 240 * strength];
}

function shopFront(house: number, across: number, height: number, wall: Colour): Colour {
  if (height > 2.6) return [wall[0] * 0.7, wall[1] * 0.7, wall[2] * 0.7];
  if (height < 0.5 || across % 2.75 < 0.3) return [30, 26, 38];
  const warm = noise(house, 7) > 0.4;
  const strength = 0.6 + 0.4 * (height / 2.6);
  return warm
    ? [246 * strength, 168 * strength, 92 * strength]
    : [84 * strength, 190 * strength, 188 * strength];
}

function neonSign(house: number, across: number, height: number): Colour | undefined {
  const bottom = 3.4 + 1.5 * noise(house, 5);
  if (noise(house, 4) < 0.4 || across < 0.5 || across > 1.5 || height < bottom || height > bottom + 3.6) {
    return undefined;
  }
  const colours: readonly Colour[] = [
    [255, 46, 150],
    [40, 226, 255],
    [190, 92, 255],
    [120, 255, 148],
  ];
  const colour = colours[Math.floor(noise(house, 6) * 4)] ?? HEAD_LAMP;
  const rim = across < 0.62 || across > 1.38 || (height - bottom) % 0.9 < 0.14;
  return rim ? colour : [colour[0] * 0.45, colour[1] * 0.45, colour[2] * 0.5];
}

function asphalt(across: number, along: number): Colour {
  if (Math.abs(across) < 0.09 && along % 6 < 3) return [230, 214, 160];
  if (Math.abs(Math.abs(across) - 4.6) < 0.08) return [196, 196, 204];
  return [26, 24, 36];
}

function pavement(across: number, along: number): Colour {
  if (Math.abs(across) < 5.4) return [104, 98, 112];
  const joint = along % 1.6 < 0.07 || Math.abs(across) % 0.9 < 0.05;
  return joint ? [44, 40, 52] : [66, 60, 76];
}

/** 1 at the camera, 0 far away. */
function nearness(distance: number): number {
  return Math.max(0, 1 - Math.log2(1 + distance / 3) / Math.log2(1 + FAR / 3));
}

/** Repeatable noise between 0 and 1. */
function noise(x: number, y: number): number {
  let hash = (Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}
