export type Colour = readonly [red: number, green: number, blue: number];

/** Metres. */
const HOUSE_LENGTH = 11;

/** Number of the house at `along` metres; both sides of the street have their own. */
export function houseAt(along: number, side: number): number {
  return Math.floor(along / HOUSE_LENGTH) * 2 + (side > 0 ? 1 : 0);
}

/** Metres. */
export function houseHeight(house: number): number {
  return 7 + 15 * noise(house, 1);
}

/** Colour of a house front, `along` metres down the street and `height` metres up. */
export function facade(house: number, along: number, height: number): Colour {
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
  const colour = colours[Math.floor(noise(house, 6) * 4)] ?? [255, 255, 255];
  const rim = across < 0.62 || across > 1.38 || (height - bottom) % 0.9 < 0.14;
  return rim ? colour : [colour[0] * 0.45, colour[1] * 0.45, colour[2] * 0.5];
}

/** Colour of the road, `across` metres from its middle. */
export function asphalt(across: number, along: number): Colour {
  if (Math.abs(across) < 0.09 && along % 6 < 3) return [230, 214, 160];
  if (Math.abs(Math.abs(across) - 4.6) < 0.08) return [196, 196, 204];
  return [26, 24, 36];
}

/** Colour of the footpath. */
export function pavement(across: number, along: number): Colour {
  if (Math.abs(across) < 5.4) return [104, 98, 112];
  const joint = along % 1.6 < 0.07 || Math.abs(across) % 0.9 < 0.05;
  return joint ? [44, 40, 52] : [66, 60, 76];
}

/** Repeatable noise between 0 and 1. */
function noise(x: number, y: number): number {
  let hash = (Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}
