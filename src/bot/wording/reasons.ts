import type { Parameters } from './wording.ts';

/** Words for the short reasons that the layers below give; system codes are those of the operating system. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOENT', 'it is not there'],
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the disk is read-only'],
  ['EIO', 'the disk reports an error'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EADDRINUSE', 'something else listens there already'],
  ['EADDRNOTAVAIL', 'it is no address of this machine'],
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection lost'],
  ['ETIMEDOUT', 'no answer in time'],
  ['denied', 'permission denied'],
  ['missing', 'it is not there'],
  ['exists', 'a file is in its place'],
  ['full', 'the disk is full'],
  ['no_size', 'a size is a number with a unit, such as 500MB or 1.5GB'],
  ['input_output', 'the disk reports an error'],
  ['not_ours', 'it belongs to another bot'],
  ['invalid_host_id', 'its host id is damaged'],
  ['unsafe_path', 'a path leads out of it'],
  ['relative', 'its path is not absolute'],
  ['not_begun', 'it did not begin'],
  ['gpu_not_listed', 'the host does not list it'],
  ['no_container', 'its profile names no image for Docker'],
  ['invalid_flag', 'its profile has a flag for Docker that the bot sets itself'],
  ['invalid_mount', 'a mount of its profile is no absolute path'],
  ['invalid_image', 'the name of its image is not valid'],
  ['invalid_plan', 'a file of the bot was changed there'],
  ['name_taken', "somebody else's container has its name"],
  ['docker_not_running', 'Docker is not running there'],
  ['docker_denied', "Docker does not let the bot's user in"],
  ['sudo_denied', "sudo there does not let the bot's user run Docker without a password"],
  ['docker_missing', 'Docker is not installed there'],
  ['rebooted', 'the machine was restarted'],
  ['container_removed', 'somebody removed its container'],
  ['killed_from_outside', 'it was killed from outside, the cause is unknown'],
  ['stopped_from_outside', 'somebody stopped its container, or Docker was restarted'],
  ['out_of_memory', 'the machine ran out of memory'],
  ['deadline', 'no answer in time'],
  ['refused', 'connection refused'],
  ['timed_out', 'no answer in time'],
  ['closed', 'connection lost'],
  ['unknown_host', 'its address is not known'],
  ['no_route', 'there is no way to it in the network'],
  ['channel_refused', 'it opens no session'],
  ['protocol', 'it does not speak SSH'],
  ['auth_failed', 'it does not let the bot in'],
  ['agent_unavailable', 'the SSH agent cannot be asked'],
  ['ssh_only', "it is for the transport 'ssh' only"],
  ['two_modes', 'Socket Mode with an app token and HTTP mode with a signing secret exclude each other'],
  ['http_only', 'it is for HTTP mode with a signing secret only'],
  [
    'channel_name',
    'a name can change: in Slack, click the name at the top of the channel, and copy the id at the end of "About"',
  ],
  [
    'channel_id',
    'the id of a channel looks like C0123456789: in Slack, click the name at the top of the channel, and copy the id at the end of "About"',
  ],
  [
    'no_snowflake',
    'an id has 17 to 20 digits: in Discord, switch on "Developer Mode" under "User Settings", "Advanced", then right-click the server or channel and choose "Copy ID"',
  ],
  ['api_version', 'the version is added by the bot: leave it out'],
  ['no_url', 'it is no address such as https://cosmos.example.com'],
  ['not_encrypted', 'secrets would travel in the clear: only https leaves this machine'],
  ['no_host', 'it is neither a host name nor an address'],
  ['web_path', 'a path there may hold letters, digits, dots, hyphens, underscores and tildes only'],
  ['no_socket', 'no agent is named'],
  ['key_missing', 'the private key cannot be read'],
  ['key_permissions', 'others can read the private key'],
  ['key_passphrase', 'the passphrase of the private key is missing or wrong'],
  ['key_invalid', 'the private key cannot be used'],
  ['host_key_unknown', 'its host key is not pinned'],
  ['host_key_changed', 'its host key is not the pinned one'],
  ['known_hosts_unreadable', 'the pinned host keys cannot be read'],
  ['login_page', 'the chat shows its login page instead: the bot may not read files there'],
  ['foreign_host', 'it lies on a machine that does not belong to the chat'],
  ['not_stored', 'it is only linked, and lies elsewhere'],
  ['length', 'it is shorter than it says'],
  ['index', 'its index is missing'],
  ['packet', 'a part of it is missing'],
  ['size', 'its width and height cannot be read'],
  ['seek', 'its middle cannot be read'],
  ['gpu_count', 'it needs another number of GPUs'],
  ['tool_unreachable', "the bot's own tool cannot be reached there"],
  ['input.truncated', 'it is damaged'],
  ['input.not_media', 'it is no media file'],
  ['input.no_frames', 'it has no frames'],
  ['input.file_empty', 'it is empty'],
]);

/** Why, in words: the text of `detail`, or what the code in `reason` stands for; empty where neither is there. */
export function why(parameters: Parameters): string {
  const given = parameters.text('detail', parameters.text('reason'));
  return withoutStop(
    REASONS.get(given) ?? (/^[a-z]+(_[a-z]+)+$/.test(given) ? given.replaceAll('_', ' ') : given),
  );
}

/** ` (permission denied)`, or nothing. */
export function whyInBrackets(parameters: Parameters): string {
  const words = why(parameters);
  return words === '' ? '' : ` (${words})`;
}

/** `: permission denied.`, or the full stop alone. */
export function whyAtTheEnd(parameters: Parameters): string {
  const words = why(parameters);
  return words === '' ? '.' : `: ${words}.`;
}

export function withoutStop(text: string): string {
  return text.replace(/[.:]+$/, '');
}
