import { z } from 'zod';
import { UsageError } from './usage-error.ts';

const PRESETS = ['very_low', 'low', 'medium', 'high', 'very_high'] as const;
export type ControlPreset = (typeof PRESETS)[number];

const weight = z.number().min(0).max(1);
const preset = z.enum(PRESETS).default('medium');
const path = z.string().min(1);

const controls = z
  .strictObject({
    edge: z.strictObject({ weight, threshold: preset }).optional(),
    vis: z.strictObject({ weight, strength: preset }).optional(),
    depth: z.strictObject({ weight, video: path }).optional(),
    seg: z.strictObject({ weight, video: path }).optional(),
  })
  .refine(
    (given) => Object.values(given).some((control) => control !== undefined),
    'at least one control is needed',
  );

const controlSpec = z.strictObject({
  prompt: z.string(),
  /** The colour video. Paths are relative to the working directory. */
  video: path,
  controls,
  /** Frames per second of the preview; default: those of the video. */
  fps: z.number().min(1).max(240).optional(),
  /** Pixels: the whole preview is at most this wide. */
  max_width: z.number().int().min(64).max(7680).default(1920),
});

export type ControlSpec = z.infer<typeof controlSpec>;

/** Throws `UsageError` with one line for each thing that is wrong. */
export function parseControlSpec(json: string): ControlSpec {
  const parsed = controlSpec.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw new UsageError(`The spec is not valid:\n${z.prettifyError(parsed.error)}`);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`The spec is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
