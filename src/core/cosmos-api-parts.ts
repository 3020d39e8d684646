import type { Models } from './models/models.ts';
import type { StoredProfiles } from './models/stored-profiles.ts';
import type { InputFitter } from './prompts/input-fitter.ts';
import type { PromptFiles } from './prompts/prompt-files.ts';
import type { PromptService } from './prompts/prompt-service.ts';
import type { QueueService } from './queue/queue-service.ts';
import type { RequestService } from './requests/request-service.ts';
import type { JobPlanner } from './runner/job-planner.ts';
import type { FollowUps } from './runs/follow-ups.ts';
import type { RunLog } from './runs/run-log.ts';
import type { RunService } from './runs/run-service.ts';
import type { Store } from './store/store.ts';
import type { Wakeup } from './wakeup.ts';

/** What `CosmosApi` is put together from. */
export interface CosmosApiParts {
  readonly store: Store;
  readonly prompts: PromptService;
  readonly promptFiles: PromptFiles;
  readonly fitter: InputFitter;
  readonly runs: RunService;
  readonly followUps: FollowUps;
  readonly requests: RequestService;
  readonly queue: QueueService;
  readonly models: Models;
  readonly profiles: StoredProfiles;
  readonly planner: JobPlanner;
  readonly log: RunLog;
  readonly wakeup: Wakeup;
}
