import type { Colour } from './street-surfaces.ts';

/** A car on the street at one moment. */
export interface Car {
  /** Metres ahead of the camera, and to the right of its path. */
  readonly distance: number;
  readonly across: number;
  readonly body: Colour;
  readonly lamp: Colour;
}

const TAIL_LAMP: Colour = [255, 38, 44];
const HEAD_LAMP: Colour = [255, 246, 214];

/** The traffic after some time, farthest first, as a painter needs it. */
export function carsAt(seconds: number): readonly Car[] {
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
