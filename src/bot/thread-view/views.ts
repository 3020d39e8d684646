import type { Problem } from '../../core/errors.ts';
import type { FitDeed } from '../../core/models/fit-change.ts';
import type { SmallHost } from '../../core/models/gpu-memory.ts';
import type { Size } from '../../core/models/output-size.ts';
import type { ParameterValue, Profile } from '../../core/models/profile.ts';
import type { SoundEnd } from '../../core/models/sound-end.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import type { Prompt, Role } from '../../core/prompts/prompt.ts';
import type { QueuePlace } from '../../core/queue/queue-view.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import type { Comparison } from '../../core/runs/compare-bundles.ts';
import type { Run, RunOutput, RunState, TimeRange } from '../../core/runs/run.ts';
import type { Guardrail } from '../wording/guardrail-words.ts';

/** How a prompt fits one model. */
export interface PromptFit {
  readonly model: string;
  /** Where it would run: a host or a lane. */
  readonly on?: string;
  /** Expected run time, ms; absent while unknown. */
  readonly expected?: TimeRange;
  /** Into how many parts the model divides it; 1 where it does not. */
  readonly parts?: number;
  /** Why it cannot run; empty where it can. */
  readonly problems: readonly Problem[];
  /** Hosts whose GPUs are known to be too small for it. */
  readonly tooSmall?: readonly SmallHost[];
  /** What would make it take the files. */
  readonly change?: readonly FitDeed[];
  /** The sound that ends the video before the frames that are usual. */
  readonly soundEnd?: SoundEnd;
}

export interface PromptView {
  readonly prompt: Prompt;
  /** It is read in a shell, where files are added by a command. */
  readonly inShell?: true;
  /** Runs of it; absent where nobody has counted. */
  readonly runsTotal?: number;
  /** A still of the main video, on our disk. */
  readonly posterPath?: string;
  /** Roles that no file fills and that the model computes itself. */
  readonly computed: readonly Role[];
  /** Models that were tried on it, the usual one first. */
  readonly fits: readonly PromptFit[];
  /** There is a model that could find a better text for it. */
  readonly canEnhance?: boolean;
  /** There is a model that shows what the others will be conditioned on. */
  readonly canPreview?: boolean;
  /** Its files were changed to fit, and what they were is still there. */
  readonly canUndo?: boolean;
}

/** A prompt and what came of it. */
export interface PromptDetailsView extends PromptView {
  readonly ownerName: string;
  /** Newest first. */
  readonly runs: readonly Run[];
  /** At least `runs.length`. */
  readonly runsTotal: number;
}

/** A run and what is needed around it to say where it stands. */
export interface StatusView {
  readonly run: Run;
  /** While it is queued. */
  readonly place?: QueuePlace;
  /** It is active, and no process drives its lane: what is known of it is old. */
  readonly unattended?: boolean;
  /** Title of the model's stage, from its profile. */
  readonly stageTitle?: string;
  /** Shown where people want to read less: without the log. */
  readonly isQuiet?: boolean;
  /** The usual time of the present stage, ms: present only when it takes longer than it ever did. */
  readonly stageUsually?: TimeRange;
  /** Names of the parameters to show, in order; all where absent. */
  readonly parametersShown?: readonly string[];
  /** How large the video will be, where the model's own sizes decide that. */
  readonly outputSize?: Size;
  /** Earlier runs that did the same with the same result. */
  readonly before?: readonly Run[];
}

/** One parameter as it would be for the next run. */
export interface TunedParameter {
  readonly name: string;
  /** `number from 0 to 1`, `low, medium or high`. */
  readonly values: string;
  readonly now?: ParameterValue;
  /** Another value that it takes, as it is typed. */
  readonly other: string;
  readonly help?: string;
  readonly essential: boolean;
}

/** A prompt or a run with what can be different in its next run. */
export interface TuneView {
  readonly id: string;
  readonly title: string;
  readonly isRun: boolean;
  readonly model: string;
  /** The model has a seed, so that the same again is another video. */
  readonly hasSeed: boolean;
  /** Those that have a say with its files. */
  readonly parameters: readonly TunedParameter[];
}

/** Whom a post calls, once: the platform's own id of the person who asked. */
export interface Notified {
  readonly mention: string;
  readonly name: string;
}

/** Where a file can be had for a time, by whoever has the address. */
export interface FileLink {
  readonly url: string;
  readonly name: string;
  readonly until: UtcMs;
}

/** Where the full result is, besides the post itself. */
export type ResultPlace =
  /** The whole file is attached. */
  | { readonly kind: 'attached' }
  /** A smaller copy is attached; the full file is behind a link, or has to be fetched at `path`. */
  | {
      readonly kind: 'proxy';
      readonly proxyBytes: number;
      readonly fullBytes: number;
      readonly link?: FileLink;
      readonly path?: string;
    }
  /** Nothing can be attached; it is behind a link, or lies on the bot's disk. */
  | { readonly kind: 'path'; readonly path: string; readonly link?: FileLink };

export interface ResultView {
  readonly run: Run;
  readonly place: ResultPlace;
  /** What it ran on, such as `one H100`; absent where nobody knows. */
  readonly hardware?: string;
  /** A name alone where the person is on another platform. */
  readonly notify?: Notified | string;
  /** Control videos that cannot be posted where the others are. */
  readonly leftOut?: readonly RunOutput[];
  readonly parametersShown?: readonly string[];
  /** Its model has a seed: the same again is another video. */
  readonly hasSeed?: boolean;
  /** What was really looked at for forbidden content; absent where its profile does not say. */
  readonly guardrail?: Guardrail;
  /** There is a model that could make it larger. */
  readonly canUpscale?: boolean;
  /** How a reproduction came out. */
  readonly comparison?: Comparison;
  /** The prompt with the better text that it has found. */
  readonly enhanced?: { readonly prompt: Prompt; readonly isDiscarded: boolean };
  /** Size of the text that it has found and that is too long for a prompt, bytes. */
  readonly unusedTextBytes?: number;
  /** What tells it from the other runs of its request, which calls nobody before its end. */
  readonly label?: string;
}

export interface FailureView {
  readonly run: Run;
  /** Title of the model's stage in which it ended. */
  readonly stageTitle?: string;
  readonly notify?: Notified | string;
  /** Its log goes with the card, or the end of it. */
  readonly logAttached?: boolean;
}

/** A row of a listing of prompts. */
export interface PromptRow {
  readonly prompt: Prompt;
  readonly ownerName: string;
  readonly runs: number;
}

export interface RunDetailsView {
  readonly run: Run;
  /** To its outputs, one for each; absent where there are no links. */
  readonly links?: readonly FileLink[];
  readonly place?: QueuePlace;
  /** It is active, and no process drives its lane. */
  readonly unattended?: boolean;
  readonly stageTitle?: string;
  /** Where everything that made its result is written down. */
  readonly bundle?: string;
  /** What goes on with its result; absent where there is none. */
  readonly next?: Pick<ResultView, 'hasSeed' | 'canUpscale' | 'enhanced'>;
}

export type ListView =
  | {
      readonly what: 'prompts';
      readonly rows: readonly PromptRow[];
      readonly total: number;
      readonly search?: string;
    }
  | {
      readonly what: 'requests';
      readonly rows: readonly { readonly request: RunRequest; readonly runs: readonly Run[] }[];
      readonly total: number;
    }
  | {
      readonly what: 'runs';
      readonly rows: readonly Run[];
      readonly total: number;
      readonly state?: RunState;
    };

/** One parameter of a model, in the words of its profile. */
export interface ModelParameter {
  readonly name: string;
  /** `number from 0 to 1`, `low, medium or high`. */
  readonly values: string;
  readonly default?: string | number | boolean;
  readonly help?: string;
  readonly essential: boolean;
}

export interface ModelView {
  readonly model: string;
  readonly title: string;
  readonly description: string;
  /** Hosts that run it; empty where none does. */
  readonly hosts: readonly string[];
  readonly inputs: readonly { readonly role: Role; readonly required: boolean }[];
  /** What each lane must have; absent for a model that needs no GPU. */
  readonly gpus?: {
    readonly minimum: number;
    readonly maximum?: number;
    readonly memory?: NonNullable<Profile['requires']['min_vram_gb']>;
  };
  readonly parameters: readonly ModelParameter[];
}
