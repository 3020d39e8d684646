/** Which part failed. */
export type ErrorLayer =
  | 'config'
  | 'input'
  | 'chat'
  | 'queue'
  | 'store'
  | 'ssh'
  | 'transfer'
  | 'engine'
  | 'model'
  | 'media';

/** Network errors are tried again with backoff; the other classes are not. */
export type ErrorClass = 'validation' | 'network' | 'auth' | 'execution';

interface ErrorKind {
  readonly layer: ErrorLayer;
  readonly class: ErrorClass;
}

/**
 * Every error that can reach a person. The sentence and the next step of each are in `bot/wording`,
 * chosen by code; `docs/errors.md` lists them.
 */
export const ERRORS = {
  'config.file_missing': { layer: 'config', class: 'validation' },
  'config.file_unreadable': { layer: 'config', class: 'validation' },
  'config.syntax': { layer: 'config', class: 'validation' },
  'config.unknown_key': { layer: 'config', class: 'validation' },
  'config.unknown_variable': { layer: 'config', class: 'validation' },
  'config.missing_key': { layer: 'config', class: 'validation' },
  'config.wrong_type': { layer: 'config', class: 'validation' },
  'config.out_of_range': { layer: 'config', class: 'validation' },
  'config.unknown_choice': { layer: 'config', class: 'validation' },
  'config.invalid_name': { layer: 'config', class: 'validation' },
  'config.invalid_value': { layer: 'config', class: 'validation' },
  'config.secret_missing': { layer: 'config', class: 'auth' },
  'config.secret_inline': { layer: 'config', class: 'validation' },
  'config.lanes_share_gpu': { layer: 'config', class: 'validation' },
  'config.duplicate_name': { layer: 'config', class: 'validation' },
  'config.unknown_model': { layer: 'config', class: 'validation' },
  'config.model_unfit': { layer: 'config', class: 'validation' },
  'config.profile_invalid': { layer: 'config', class: 'validation' },
  'config.unsupported': { layer: 'config', class: 'validation' },

  'input.text_empty': { layer: 'input', class: 'validation' },
  'input.text_too_long': { layer: 'input', class: 'validation' },
  'input.text_forbidden': { layer: 'input', class: 'validation' },
  'input.text_json_object': { layer: 'input', class: 'validation' },
  'input.text_misplaced': { layer: 'input', class: 'validation' },
  'input.text_nul': { layer: 'input', class: 'validation' },
  'input.file_missing': { layer: 'input', class: 'validation' },
  'input.file_unreadable': { layer: 'input', class: 'validation' },
  'input.file_empty': { layer: 'input', class: 'validation' },
  'input.file_not_regular': { layer: 'input', class: 'validation' },
  'input.file_too_large': { layer: 'input', class: 'validation' },
  'input.not_media': { layer: 'input', class: 'validation' },
  'input.no_frames': { layer: 'input', class: 'validation' },
  'input.truncated': { layer: 'input', class: 'validation' },
  'input.too_long': { layer: 'input', class: 'validation' },
  'input.absurd_duration': { layer: 'input', class: 'validation' },
  'input.too_many_pixels': { layer: 'input', class: 'validation' },
  'input.sequence_frames': { layer: 'input', class: 'validation' },
  'input.sequence_names': { layer: 'input', class: 'validation' },
  'input.sequence_gaps': { layer: 'input', class: 'validation' },
  'input.sequence_lengths': { layer: 'input', class: 'validation' },
  'input.sequence_no_color': { layer: 'input', class: 'validation' },
  'input.sequence_too_large': { layer: 'input', class: 'validation' },
  'input.sequence_none': { layer: 'input', class: 'validation' },
  'input.sequence_twice': { layer: 'input', class: 'validation' },
  'input.sequence_unknown': { layer: 'input', class: 'validation' },
  'input.sequence_several': { layer: 'input', class: 'validation' },
  'input.archive_other': { layer: 'input', class: 'validation' },
  'input.link_outside': { layer: 'input', class: 'validation' },
  'input.archive_broken': { layer: 'input', class: 'validation' },
  'input.archive_unsafe': { layer: 'input', class: 'validation' },
  'input.role_unknown': { layer: 'input', class: 'validation' },
  'input.role_taken': { layer: 'input', class: 'validation' },
  'input.role_missing': { layer: 'input', class: 'validation' },
  'input.role_wrong_kind': { layer: 'input', class: 'validation' },
  'input.extension_not_taken': { layer: 'input', class: 'validation' },
  'input.roles_differ': { layer: 'input', class: 'validation' },
  'input.no_files': { layer: 'input', class: 'validation' },
  'input.paths_not_taken': { layer: 'input', class: 'validation' },
  'input.parameter_repeated': { layer: 'input', class: 'validation' },
  'input.parameter_spaced': { layer: 'input', class: 'validation' },
  'input.parameter_unknown': { layer: 'input', class: 'validation' },
  'input.parameter_type': { layer: 'input', class: 'validation' },
  'input.parameter_range': { layer: 'input', class: 'validation' },
  'input.parameter_choice': { layer: 'input', class: 'validation' },
  'input.list_invalid': { layer: 'input', class: 'validation' },
  'input.no_draft': { layer: 'input', class: 'validation' },
  'input.not_a_draft': { layer: 'input', class: 'validation' },
  'input.rule_broken': { layer: 'input', class: 'validation' },
  'input.weights_all_zero': { layer: 'input', class: 'validation' },
  'input.model_unknown': { layer: 'input', class: 'validation' },
  'input.model_unavailable': { layer: 'input', class: 'validation' },
  'input.model_other_task': { layer: 'input', class: 'validation' },
  'input.no_model_for_task': { layer: 'input', class: 'validation' },
  'input.region_invalid': { layer: 'input', class: 'validation' },
  'input.upscaled_already': { layer: 'input', class: 'validation' },
  'input.no_video': { layer: 'input', class: 'validation' },
  'input.result_changed': { layer: 'input', class: 'validation' },
  'input.secret_missing': { layer: 'input', class: 'validation' },
  'input.frames_out_of_range': { layer: 'input', class: 'validation' },
  'input.seconds_out_of_range': { layer: 'input', class: 'validation' },
  'input.gpu_too_small': { layer: 'input', class: 'validation' },
  'input.nothing_to_change': { layer: 'input', class: 'validation' },
  'input.no_change_helps': { layer: 'input', class: 'validation' },
  'input.no_preview': { layer: 'input', class: 'validation' },
  'input.id_unknown': { layer: 'input', class: 'validation' },
  'input.id_ambiguous': { layer: 'input', class: 'validation' },
  'input.name_taken': { layer: 'input', class: 'validation' },
  'input.name_invalid': { layer: 'input', class: 'validation' },
  'input.prompt_has_runs': { layer: 'input', class: 'validation' },
  'input.rating_range': { layer: 'input', class: 'validation' },
  'input.command_unknown': { layer: 'input', class: 'validation' },
  'input.option_unknown': { layer: 'input', class: 'validation' },
  'input.argument_missing': { layer: 'input', class: 'validation' },
  'input.argument_unexpected': { layer: 'input', class: 'validation' },
  'input.argument_invalid': { layer: 'input', class: 'validation' },
  'input.quote_unbalanced': { layer: 'input', class: 'validation' },

  'chat.forbidden': { layer: 'chat', class: 'auth' },
  'chat.stale_command': { layer: 'chat', class: 'validation' },
  'chat.form_late': { layer: 'chat', class: 'execution' },
  'chat.unavailable': { layer: 'chat', class: 'network' },
  'chat.place_gone': { layer: 'chat', class: 'execution' },
  'chat.not_permitted': { layer: 'chat', class: 'auth' },
  'chat.token_refused': { layer: 'chat', class: 'auth' },
  'chat.scope_missing': { layer: 'chat', class: 'auth' },

  'queue.limit_reached': { layer: 'queue', class: 'validation' },
  'queue.too_many_runs': { layer: 'queue', class: 'validation' },
  'queue.request_finished': { layer: 'queue', class: 'validation' },
  'queue.nothing_to_retry': { layer: 'queue', class: 'validation' },
  'queue.run_finished': { layer: 'queue', class: 'validation' },
  'queue.run_not_finished': { layer: 'queue', class: 'validation' },
  'queue.no_result': { layer: 'queue', class: 'validation' },
  'queue.lane_busy': { layer: 'queue', class: 'execution' },
  'queue.lane_blocked': { layer: 'queue', class: 'execution' },
  'queue.lane_fenced': { layer: 'queue', class: 'execution' },
  'queue.host_answers': { layer: 'queue', class: 'validation' },
  'queue.lane_gone': { layer: 'queue', class: 'execution' },
  'queue.batch_left': { layer: 'queue', class: 'execution' },
  'queue.batch_failed': { layer: 'queue', class: 'execution' },
  'queue.batch_memory': { layer: 'queue', class: 'execution' },
  'queue.batch_mixed': { layer: 'queue', class: 'execution' },
  'queue.no_daemon': { layer: 'queue', class: 'execution' },

  'store.newer_database': { layer: 'store', class: 'validation' },
  'store.not_a_database': { layer: 'store', class: 'validation' },
  'store.disk_full': { layer: 'store', class: 'execution' },
  'store.read_only': { layer: 'store', class: 'execution' },
  'store.busy': { layer: 'store', class: 'network' },
  'store.second_daemon': { layer: 'store', class: 'validation' },
  'store.failed': { layer: 'store', class: 'execution' },

  'ssh.refused': { layer: 'ssh', class: 'network' },
  'ssh.timed_out': { layer: 'ssh', class: 'network' },
  'ssh.unknown_host': { layer: 'ssh', class: 'network' },
  'ssh.no_route': { layer: 'ssh', class: 'network' },
  'ssh.closed': { layer: 'ssh', class: 'network' },
  'ssh.channel_refused': { layer: 'ssh', class: 'network' },
  'ssh.protocol': { layer: 'ssh', class: 'execution' },
  'ssh.auth_failed': { layer: 'ssh', class: 'auth' },
  'ssh.agent_unavailable': { layer: 'ssh', class: 'auth' },
  'ssh.key_missing': { layer: 'ssh', class: 'auth' },
  'ssh.key_permissions': { layer: 'ssh', class: 'auth' },
  'ssh.key_passphrase': { layer: 'ssh', class: 'auth' },
  'ssh.key_invalid': { layer: 'ssh', class: 'auth' },
  'ssh.host_key_unknown': { layer: 'ssh', class: 'auth' },
  'ssh.host_key_changed': { layer: 'ssh', class: 'auth' },
  'ssh.known_hosts_unreadable': { layer: 'ssh', class: 'validation' },

  'transfer.failed': { layer: 'transfer', class: 'network' },
  'transfer.corrupt': { layer: 'transfer', class: 'network' },
  'transfer.disk_full': { layer: 'transfer', class: 'execution' },
  'transfer.over_quota': { layer: 'transfer', class: 'execution' },

  'engine.host_unreachable': { layer: 'engine', class: 'network' },
  'engine.host_replaced': { layer: 'engine', class: 'execution' },
  'engine.host_unsupported': { layer: 'engine', class: 'validation' },
  'engine.work_dir_unusable': { layer: 'engine', class: 'execution' },
  'engine.command_failed': { layer: 'engine', class: 'execution' },
  'engine.image_missing': { layer: 'engine', class: 'execution' },
  'engine.gpu_unavailable': { layer: 'engine', class: 'execution' },
  'engine.start_failed': { layer: 'engine', class: 'execution' },
  'engine.vanished': { layer: 'engine', class: 'execution' },
  'engine.host_fenced': { layer: 'engine', class: 'execution' },
  'engine.gpu_busy': { layer: 'engine', class: 'execution' },
  'engine.gpu_unproved': { layer: 'engine', class: 'execution' },
  'engine.not_stopped': { layer: 'engine', class: 'execution' },
  'engine.log_unreadable': { layer: 'engine', class: 'execution' },

  'model.exit_code': { layer: 'model', class: 'execution' },
  'model.failure_signature': { layer: 'model', class: 'execution' },
  'model.guardrail': { layer: 'model', class: 'validation' },
  'model.output_missing': { layer: 'model', class: 'execution' },
  'model.output_invalid': { layer: 'model', class: 'execution' },
  'model.killed': { layer: 'model', class: 'execution' },
  'model.timed_out': { layer: 'model', class: 'execution' },
  'model.silent': { layer: 'model', class: 'execution' },

  'media.worker_failed': { layer: 'media', class: 'execution' },
  'media.worker_timed_out': { layer: 'media', class: 'execution' },

  'internal.unexpected': { layer: 'engine', class: 'execution' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorParameters = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What is wrong, as data: a validation result, a stored failure, or the content of a `CosmosError`. */
export interface Problem {
  readonly code: ErrorCode;
  readonly parameters: ErrorParameters;
}

/** Broken infrastructure is thrown as this; validation results are returned as `Checked`. */
export class CosmosError extends Error {
  readonly code: ErrorCode;
  readonly parameters: ErrorParameters;

  constructor(code: ErrorCode, parameters: ErrorParameters = {}, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(parameters)}`, options);
    this.name = 'CosmosError';
    this.code = code;
    this.parameters = parameters;
  }

  get layer(): ErrorLayer {
    return ERRORS[this.code].layer;
  }

  /** True where the same call may pass later without anybody mending anything. */
  get retryable(): boolean {
    return isRetryable(this.code);
  }

  toProblem(): Problem {
    return { code: this.code, parameters: this.parameters };
  }
}

export function isRetryable(code: ErrorCode): boolean {
  return ERRORS[code].class === 'network';
}

/** Makes a coded error of anything that was thrown, so that one handler at the edge is enough. */
export function toCosmosError(thrown: unknown): CosmosError {
  if (thrown instanceof CosmosError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new CosmosError('internal.unexpected', { detail }, { cause: thrown });
}

/** The result of checking what a person typed or sent. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

export function valid<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function invalid(code: ErrorCode, parameters: ErrorParameters = {}): Checked<never> {
  return { ok: false, problems: [{ code, parameters }] };
}
