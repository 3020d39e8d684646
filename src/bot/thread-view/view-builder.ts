import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { DataDirectory } from '../../core/data-directory.ts';
import { type Checked, invalid, valid } from '../../core/errors.ts';
import { checkInputs } from '../../core/models/check-inputs.ts';
import { usedParameters } from '../../core/models/controls.ts';
import type { ModelChoice } from '../../core/models/models.ts';
import { outputSize } from '../../core/models/output-size.ts';
import type { Profile } from '../../core/models/profile.ts';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { ModelFit } from '../../core/prompts/input-fitter.ts';
import { type Prompt, ROLES, type Role } from '../../core/prompts/prompt.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import type { Run } from '../../core/runs/run.ts';
import { parameterValues } from './parameter-words.ts';
import { type RequestView, requestView } from './request-view.ts';
import { runLabel } from './run-label.ts';
import { person } from './text.ts';
import { tuneView } from './tune-view.ts';
import type {
  FailureView,
  FileLink,
  ModelView,
  Notified,
  PromptDetailsView,
  PromptFit,
  PromptRow,
  PromptView,
  ResultView,
  RunDetailsView,
  StatusView,
  TuneView,
} from './views.ts';
import { whatFollows } from './what-follows.ts';

/** Newest runs under the details of a prompt. */
const LISTED_RUNS = 10;

/** Where a card is read. */
export interface Reader {
  /** At the bot's own machine. */
  readonly localFiles: boolean;
  /** Where in a chat; absent on the command line. */
  readonly where?: Pick<ChatReference, 'platform' | 'tenant'>;
}

/** Makes links to outputs, each good from now on for a time. */
export interface LinkMaker {
  to(run: Run, output: number): FileLink;
}

/** Collects what each card shows. */
export class ViewBuilder {
  readonly #api: CosmosApi;
  readonly #data: DataDirectory;
  readonly #links: LinkMaker | undefined;

  /** Without `links` there are none, and files are named by their place. */
  constructor(api: CosmosApi, data: DataDirectory, links?: LinkMaker) {
    this.#api = api;
    this.#data = data;
    this.#links = links;
  }

  prompt(prompt: Prompt): PromptView {
    const poster = prompt.inputs[0] && this.#data.poster(prompt.inputs[0].asset.sha256);
    const fits = this.#api.fitter.fits(prompt);
    return {
      prompt,
      runsTotal: this.#api.countRuns({ promptId: prompt.id }),
      computed: [],
      fits: fits.map((fit) => this.#fit(fit, prompt)),
      ...(poster !== undefined && existsSync(poster) && { posterPath: poster }),
      ...(this.#canEnhance(prompt) && { canEnhance: true }),
      ...(canPreview(fits) && { canPreview: true }),
      ...(this.#api.fitter.canUndo(prompt) && { canUndo: true }),
    };
  }

  promptDetails(prompt: Prompt): PromptDetailsView {
    return {
      ...this.prompt(prompt),
      ownerName: this.#api.getPrincipal(prompt.owner)?.name ?? '',
      runs: this.#api.listRuns({ promptId: prompt.id, limit: LISTED_RUNS }),
      runsTotal: this.#api.countRuns({ promptId: prompt.id }),
    };
  }

  status(run: Run): StatusView {
    const profile = this.#api.profileOf(run);
    const place = run.state === 'queued' ? this.#api.place(run) : undefined;
    return {
      run,
      ...(place && { place }),
      ...(run.state === 'active' && !this.#api.isAttended(run) && { unattended: true }),
      ...stageTitle(profile, run),
      ...(profile && { parametersShown: essentialParameters(profile, run) }),
      ...this.#madeLarger(run, profile),
    };
  }

  request(request: RunRequest): RequestView {
    return requestView(this.#api, request);
  }

  /** The same with the place of its contact sheet, where there is one, as `reader` may know it. */
  requestDetails(request: RunRequest, reader: Reader): RequestView {
    const sheet = this.#data.contactSheet(request.id);
    return {
      ...this.request(request),
      ...(existsSync(sheet) && { sheet: this.#shownPath(sheet, reader) }),
    };
  }

  /** The same with whom its last post calls. */
  requestEnd(request: RunRequest, reader: Reader): RequestView {
    return { ...this.request(request), ...this.#notified(request, reader) };
  }

  /** The same with the places of its results as `reader` may know them. */
  details(run: Run, reader: Reader): RunDetailsView {
    const outputs = run.outputs.map((output) => ({ ...output, path: this.#shownPath(output.path, reader) }));
    const links = run.outputs.flatMap((_, index) => this.#link(run, index, reader) ?? []);
    const bundle = this.#data.bundle(run.id);
    return {
      ...this.status({ ...run, outputs }),
      ...(links.length > 0 && { links }),
      ...(existsSync(bundle) && { bundle: this.#shownPath(bundle, reader) }),
      ...(run.state === 'done' && { next: whatFollows(this.#api, run) }),
    };
  }

  result(run: Run, reader: Reader): ResultView {
    const profile = this.#api.profileOf(run);
    const request = this.#api.requests.get(run.requestId);
    const primary = run.outputs.findIndex(({ purpose }) => purpose === 'primary');
    const path = run.outputs[primary]?.path ?? '';
    const link = primary < 0 ? undefined : this.#link(run, primary, reader);
    return {
      run,
      place: { kind: 'path', path: this.#shownPath(path, reader), ...(link && { link }) },
      // One of many calls nobody: the end of its request does.
      ...(request?.isBatch === true ? { label: runLabel(request.varied, run) } : this.#notified(run, reader)),
      ...(profile && {
        parametersShown: essentialParameters(profile, run),
        ...(profile.guardrail && { guardrail: profile.guardrail }),
      }),
      ...whatFollows(this.#api, run),
      ...this.#compared(run),
    };
  }

  /** What the next run of a prompt would be, with the model that would be chosen. */
  tunePrompt(prompt: Prompt): Checked<TuneView> {
    const checked = this.#api.checkOrder({ prompt, parameters: {} });
    if (!checked.ok) return checked;
    const { model, parameters } = checked.value;
    return valid(tuneView(model.profile, prompt.inputs, parameters, { id: prompt.id, title: prompt.name }));
  }

  /** The same of a run, beginning with what it was. */
  tuneRun(run: Run): Checked<TuneView> {
    const order = this.#api.orders.rerun(run, { parameters: {} });
    if (!order.ok) return order;
    const model = this.#api.models().find(({ profile }) => profile.id === order.value.model);
    if (model === undefined) return invalid('input.model_unavailable', { model: run.profileId });
    return valid(tuneView(model.profile, run.inputs, run.parameters, { id: run.id, title: run.promptName }));
  }

  failure(run: Run, reader: Reader): FailureView {
    // Nobody has to be told of what they did themselves.
    const isOwnDoing = run.state === 'cancelled' && run.cancel?.by === run.owner;
    const notified = isOwnDoing ? {} : this.#notified(run, reader);
    return { run, ...stageTitle(this.#api.profileOf(run), run), ...notified };
  }

  promptRow(prompt: Prompt): PromptRow {
    return {
      prompt,
      ownerName: this.#api.getPrincipal(prompt.owner)?.name ?? '',
      runs: this.#api.countRuns({ promptId: prompt.id }),
    };
  }

  model({ profile, hosts }: ModelChoice): ModelView {
    const roles = Object.keys(ROLES) as Role[];
    const { min_gpus: minimum, max_gpus: maximum, min_vram_gb: memory } = profile.requires;
    const limits = {
      ...(maximum !== undefined && { maximum }),
      ...(memory !== undefined && { memory }),
    };
    return {
      model: profile.id,
      title: profile.title,
      description: profile.description,
      hosts,
      inputs: roles.flatMap((role) => {
        const input = profile.inputs[role];
        return input === undefined ? [] : [{ role, required: input.required }];
      }),
      ...(minimum > 0 && { gpus: { minimum, ...limits } }),
      parameters: Object.entries(profile.parameters).map(([name, parameter]) => ({
        name,
        values: parameterValues(parameter),
        essential: parameter.essential,
        ...(parameter.default !== undefined && { default: parameter.default }),
        help: parameter.help ?? parameter.title,
      })),
    };
  }

  #fit(fit: ModelFit, prompt: Prompt): PromptFit {
    const { hosts, tooSmall, problems, change, soundEnd } = fit;
    const { profile, host } = fit.model;
    const expected = this.#api.expectedDuration(profile, prompt.inputs);
    return {
      model: profile.id,
      on: hosts[0] ?? host,
      problems,
      ...(expected && { expected }),
      ...(tooSmall.length > 0 && { tooSmall }),
      ...(change && { change: change.does }),
      ...(soundEnd && { soundEnd }),
    };
  }

  #canEnhance(prompt: Prompt): boolean {
    return this.#api
      .models('enhance')
      .some(({ profile }) => checkInputs(profile, prompt.inputs).ok && prompt.text !== '');
  }

  #compared(run: Run): Pick<ResultView, 'comparison'> {
    const comparison = this.#api.followUps.comparison(run);
    return comparison === undefined ? {} : { comparison };
  }

  /** How large an upscaled video will be, and whether the same was done before. */
  #madeLarger(run: Run, profile: Profile | undefined): Pick<StatusView, 'outputSize' | 'before'> {
    if (profile?.task !== 'upscale') return {};
    const size = outputSize(profile, run.inputs);
    const before = this.#api.followUps.upscalesOf(run).filter(({ queuedAt }) => queuedAt < run.queuedAt);
    return { ...(size && { outputSize: size }), ...(before.length > 0 && { before }) };
  }

  /** Whoever does not sit at this machine reads no path of its operator, only the place in the data folder. */
  #shownPath(path: string, { localFiles }: Reader): string {
    return localFiles ? path : relative(this.#data.root, path);
  }

  /** Whoever sits at this machine needs none. */
  #link(run: Run, output: number, { localFiles }: Reader): FileLink | undefined {
    return localFiles ? undefined : this.#links?.to(run, output);
  }

  /** Ids of people mean something on their own platform alone: elsewhere they are named, and nobody is called. */
  #notified(run: Pick<Run, 'owner'>, { where }: Reader): { notify?: Notified | string } {
    const owner = this.#api.getPrincipal(run.owner);
    if (owner === undefined) return {};
    const isThere =
      where === undefined || (where.platform === owner.platform && where.tenant === owner.tenant);
    return { notify: isThere ? { mention: owner.user, name: owner.name } : person(owner.name) };
  }
}

/** Essential parameters that had a say in the run. */
function essentialParameters(profile: Profile, run: Run): string[] {
  const used = usedParameters(profile, run.inputs, run.parameters);
  return Object.entries(profile.parameters)
    .filter(([name, { essential }]) => essential && Object.hasOwn(used, name))
    .map(([name]) => name);
}

/** Something shows it, and it is of use to another model. */
function canPreview(fits: readonly ModelFit[]): boolean {
  const ready = fits.filter(({ problems }) => problems.length === 0);
  return new Set(ready.map(({ model }) => model.profile.previews_controls)).size === 2;
}

function stageTitle(profile: Profile | undefined, run: Run): { stageTitle?: string } {
  const stage = profile?.progress.stages.find(({ key }) => key === run.progress?.modelStage);
  return stage === undefined ? {} : { stageTitle: stage.title };
}
