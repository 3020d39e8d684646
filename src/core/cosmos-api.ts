import type { Principal } from './access/principal.ts';
import type { CosmosApiParts } from './cosmos-api-parts.ts';
import { type Checked, invalid, valid } from './errors.ts';
import type { HostName, PrincipalId, PromptId, RunId } from './ids.ts';
import { Lookup } from './lookup.ts';
import type { ModelChoice } from './models/models.ts';
import type { Profile } from './models/profile.ts';
import type { ModelTask } from './models/tasks.ts';
import type { AttemptPlan, JobPaths } from './ports/host.ts';
import type { InputFitter } from './prompts/input-fitter.ts';
import type { OfferedFile, Prompt, Role } from './prompts/prompt.ts';
import type { AddedFiles, FilesToAdd } from './prompts/prompt-files.ts';
import type { NewPrompt } from './prompts/prompt-service.ts';
import type { QueuePlan } from './queue/queue-plan.ts';
import type { QueuePlace, QueueView } from './queue/queue-view.ts';
import type { RequestService } from './requests/request-service.ts';
import { type HeldAttempt, heldOn, holdingHosts } from './runner/fence-host.ts';
import type { FollowUps } from './runs/follow-ups.ts';
import type { Run, TimeRange } from './runs/run.ts';
import type { RunLog } from './runs/run-log.ts';
import type { RunOrders } from './runs/run-orders.ts';
import type { CheckedOrder, QueueOptions, RerunOrder, RunOrder } from './runs/run-service.ts';
import type { PictureWishes, PlannedVideo } from './sequences/sequence-maker.ts';
import type { CancelResult } from './store/cancellation.ts';
import type { KnownPrincipal } from './store/principals.ts';
import type { RunFilter } from './store/run-filter.ts';

/** Stand for the places on a host, for readers who are not to know them. */
const NAMED_PATHS: JobPaths = {
  attempt: '<attempt>',
  input: '<attempt>/in',
  output: '<attempt>/out',
  tool: ['<media tool>'],
};

/**
 * Everything that a person can do, whichever chat, page or command line it came from. What a person got wrong is
 * returned; broken infrastructure is thrown. Each write wakes the lanes and threads of this process.
 */
export class CosmosApi {
  readonly #parts: CosmosApiParts;
  readonly #lookup: Lookup;

  constructor(parts: CosmosApiParts) {
    this.#parts = parts;
    this.#lookup = new Lookup(parts.store);
  }

  get log(): RunLog {
    return this.#parts.log;
  }

  /** Orders that go on with a prompt or a result, to be checked and queued as others are. */
  get followUps(): FollowUps {
    return this.#parts.followUps;
  }

  /** Which models take the files of a prompt, and what is made of them for a model. */
  get fitter(): InputFitter {
    return this.#parts.fitter;
  }

  /** Many runs as one. */
  get requests(): RequestService {
    return this.#parts.requests;
  }

  /** What `rerunRun` is given: what is asked for where a run is run again. */
  get orders(): RunOrders {
    return this.#parts.runs.orders;
  }

  /** Keeps nothing where `signal` aborts in between; then it throws the reason. */
  async createPrompt(actor: Principal, request: NewPrompt, signal?: AbortSignal): Promise<Checked<Prompt>> {
    return this.#woken(await this.#parts.prompts.create(actor, request, signal));
  }

  changeRoles(actor: Principal, prompt: Prompt, changes: ReadonlyMap<string, Role>): Checked<Prompt> {
    return this.#woken(this.#parts.promptFiles.changeRoles(actor, prompt, changes));
  }

  /** As `PromptFiles.look`. */
  async lookAtPictures(
    path: string,
    wishes?: PictureWishes,
    prompt?: Prompt,
  ): Promise<Checked<readonly PlannedVideo[]>> {
    return await this.#parts.promptFiles.look(path, wishes, prompt);
  }

  /** Adds files to a prompt; keeps nothing where `signal` aborts in between, and then throws the reason. */
  async addFiles(
    actor: Principal,
    prompt: Prompt,
    request: FilesToAdd,
    signal?: AbortSignal,
  ): Promise<Checked<AddedFiles>> {
    return this.#woken(await this.#parts.promptFiles.add(actor, prompt, request, signal));
  }

  /** Files that were sent for a prompt and that it does not use. */
  offeredFiles(prompt: Prompt): OfferedFile[] {
    return this.#parts.promptFiles.offers(prompt);
  }

  /** Takes a prompt without runs out of all listings. Fails with `input.prompt_has_runs`. */
  discardPrompt(actor: Principal, prompt: Prompt): Checked<Prompt> {
    return this.#woken(this.#parts.prompts.discard(actor, prompt));
  }

  restorePrompt(actor: Principal, prompt: Prompt): Prompt {
    return this.#woken(this.#parts.prompts.restore(actor, prompt));
  }

  /** What can be known of an order whoever gives it, as `queueRun` would check it. */
  checkOrder(order: RunOrder): Checked<CheckedOrder> {
    return this.#parts.runs.check(order);
  }

  /** Checks an order as `queueRun` would, and queues nothing. */
  checkRun(actor: Principal, order: RunOrder): Checked<CheckedOrder> {
    return this.#parts.runs.checkQueueing(actor, order);
  }

  /** What `retryRun` would queue; fails as it would, and queues nothing. */
  checkRetry(actor: Principal, run: Run): Checked<CheckedOrder> {
    const order = this.#parts.runs.orders.retry(run);
    return order.ok ? this.checkRun(actor, order.value) : order;
  }

  /**
   * Exactly the files, inputs, argv and environment that would be sent; sends nothing. Where the reader does not sit at
   * the bot's machine, names stand for the paths of the host.
   */
  previewJob(order: RunOrder, { localFiles }: { localFiles: boolean }): Checked<AttemptPlan> {
    const checked = this.#parts.runs.check(order);
    return checked.ok
      ? valid(this.#parts.planner.preview(checked.value, localFiles ? undefined : NAMED_PATHS))
      : checked;
  }

  queueRun(actor: Principal, order: RunOrder, options?: QueueOptions): Checked<Run> {
    return this.#woken(this.#parts.runs.queue(actor, order, options));
  }

  retryRun(actor: Principal, run: Run, options?: QueueOptions): Checked<Run> {
    return this.#woken(this.#parts.runs.retry(actor, run, options));
  }

  rerunRun(actor: Principal, run: Run, order: RerunOrder, options?: QueueOptions): Checked<Run> {
    return this.#woken(this.#parts.runs.rerun(actor, run, order, options));
  }

  rateRun(actor: Principal, run: Run, rating: number): Checked<Run> {
    return this.#woken(this.#parts.runs.rate(actor, run, rating));
  }

  cancelRun(actor: Principal, run: Run): Checked<Exclude<CancelResult, 'finished'>> {
    const result = this.#parts.store.cancellation.request(run.id, actor.id);
    if (result === 'finished') {
      const state = this.#parts.store.runs.get(run.id)?.state ?? run.state;
      return invalid('queue.run_finished', { run: run.id, state });
    }
    return this.#woken(valid(result));
  }

  /** Attempts that have not ended on a host, configured or not. */
  heldOn(host: HostName): HeldAttempt[] {
    return heldOn(this.#parts.store, host);
  }

  /** Hosts with attempts that have not ended, configured or not. */
  holdingHosts(): HostName[] {
    return holdingHosts(this.#parts.store);
  }

  /** Ends what a lost host holds, and keeps its lanes closed until it is clean: `fenceHost`. */
  fenceHost(actor: Principal, host: HostName): HeldAttempt[] {
    return this.#woken(this.#parts.queue.fence(actor, host));
  }

  pauseQueue(actor: Principal): boolean {
    return this.#woken(this.#parts.queue.pause(actor));
  }

  resumeQueue(actor: Principal): boolean {
    return this.#woken(this.#parts.queue.resume(actor));
  }

  queue(): QueueView {
    return this.#parts.queue.view();
  }

  /** Which waiting runs would start together as things stand, and what keeps others apart. */
  queuePlan(): QueuePlan {
    return this.#parts.queue.plan();
  }

  place(run: Run): QueuePlace | undefined {
    return this.#parts.queue.place(run);
  }

  /** Whether a living process works the lane of an active run, or one that takes a waiting run. */
  isAttended(run: Run): boolean {
    return this.#parts.queue.isAttended(run);
  }

  /** In the order of the configuration; those that do `task`, or all. */
  models(task?: ModelTask): ModelChoice[] {
    return this.#parts.models.list().filter(({ profile }) => task === undefined || profile.task === task);
  }

  getRun(id: RunId): Run | undefined {
    return this.#parts.store.runs.get(id);
  }

  getPrompt(id: PromptId): Prompt | undefined {
    return this.#parts.store.prompts.get(id);
  }

  getDiscardedPrompt(id: PromptId): Prompt | undefined {
    return this.#parts.store.prompts.getDiscarded(id);
  }

  listRuns(filter: RunFilter): Run[] {
    return this.#parts.store.runs.list(filter);
  }

  countRuns(filter: Omit<RunFilter, 'limit'>): number {
    return this.#parts.store.runs.count(filter);
  }

  countPrompts(owner?: PrincipalId): number {
    return this.#parts.store.prompts.count(owner);
  }

  getPrincipal(id: PrincipalId): KnownPrincipal | undefined {
    return this.#parts.store.principals.get(id);
  }

  /** The profile that is stored with a run. */
  profileOf(run: Run): Profile | undefined {
    return this.#parts.profiles.get(run.profileHash);
  }

  /** Expected time on a lane, ms; undefined where neither the profile nor earlier runs tell. */
  expectedDuration(profile: Profile, inputs: Prompt['inputs']): TimeRange | undefined {
    return this.#parts.queue.expected(profile, inputs);
  }

  /** Newest first. */
  listPrompts(limit: number, owner?: PrincipalId): Prompt[] {
    return this.#parts.store.prompts.newest(limit, owner);
  }

  searchPrompts(text: string, limit: number): Prompt[] {
    return this.#parts.store.prompts.search(text, limit);
  }

  /** How many `searchPrompts` would find without a limit. */
  countSearchedPrompts(text: string): number {
    return this.#parts.store.prompts.countSearched(text);
  }

  /** A prompt by its id, the beginning of it, or its name. */
  findPrompt(reference: string): Checked<Prompt> {
    return this.#lookup.prompt(reference);
  }

  /** A discarded prompt, as `findPrompt` finds the others. */
  findDiscardedPrompt(reference: string): Checked<Prompt> {
    return this.#lookup.discardedPrompt(reference);
  }

  /** Prompts whose id begins with the text or whose name it is, then those with it in text or name, newest first. */
  suggestPrompts(text: string, limit: number): Prompt[] {
    return this.#lookup.prompts(text, limit);
  }

  /** A run by its id or the beginning of it. */
  findRun(reference: string): Checked<Run> {
    return this.#lookup.run(reference);
  }

  #woken<T>(result: T): T {
    this.#parts.wakeup.notify();
    return result;
  }
}
