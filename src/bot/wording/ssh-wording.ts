import type { ErrorCode } from '../../core/errors.ts';
import { whyInBrackets } from './reasons.ts';
import type { Parameters, Wording } from './wording.ts';

/** Why a host cannot be reached over SSH, or does not let the bot in. */
export const SSH_WORDING = {
  'ssh.refused': {
    example: { host: 'gpu1', address: 'gpu1.lan', port: 22 },
    say: (p) => ({
      sentence: `${host(p)} is there, but nothing answers at its SSH port${at(p)}.`,
      nextStep: 'Start the SSH server there (`systemctl start ssh`), or mend `address` and `port`.',
    }),
  },
  'ssh.timed_out': {
    example: { host: 'gpu1', address: 'gpu1.lan', port: 22 },
    say: (p) => ({
      sentence: `${host(p)} does not answer in time${at(p)}.`,
      nextStep: 'Check that the machine is on, and that no firewall keeps the bot away from it.',
    }),
  },
  'ssh.unknown_host': {
    example: { host: 'gpu1', address: 'gpu1.lan' },
    say: (p) => ({
      sentence: `The address${p.part('address', (address) => ` \`${address}\``)} of ${host(p, 'the host')} is not known.`,
      nextStep: 'Mend `address` in the configuration, or check the name service.',
    }),
  },
  'ssh.no_route': {
    example: { host: 'gpu1', address: '10.0.0.7', port: 22 },
    say: (p) => ({
      sentence: `There is no way in the network to ${host(p, 'the host')}${at(p)}.`,
      nextStep: 'Check that the machine is on and that the network or the VPN to it is up.',
    }),
  },
  'ssh.closed': {
    example: { host: 'gpu1', address: 'gpu1.lan', port: 22 },
    say: (p) => ({
      sentence: `The connection to ${host(p, 'the host')} was closed by the other side${at(p)}.`,
      nextStep:
        'Nothing to do yet: I connect again. If it stays so, look into the log of the SSH server there.',
    }),
  },
  'ssh.channel_refused': {
    example: { host: 'gpu1' },
    say: (p) => ({
      sentence: `${host(p)} lets the bot in, but opens no session for it.`,
      nextStep: 'Set `MaxSessions` to 10 or more and `Subsystem sftp internal-sftp` in its `sshd_config`.',
    }),
  },
  'ssh.protocol': {
    example: { host: 'gpu1', address: 'gpu1.lan', port: 22 },
    say: (p) => ({
      sentence: `What answers for ${host(p, 'the host')}${at(p)} does not speak an SSH that the bot understands.`,
      nextStep: 'Check `port`; an SSH server older than ten years has to be updated.',
    }),
  },
  'ssh.auth_failed': {
    example: { host: 'gpu1', user: 'cosmos' },
    say: (p) => ({
      sentence: `${host(p)} does not let the bot in${p.part('user', (user) => ` as \`${user}\``)}: it does not know the user or not the key.`,
      nextStep: "Check `user`, and add the bot's public key to that user's `~/.ssh/authorized_keys` there.",
    }),
  },
  'ssh.agent_unavailable': {
    example: { host: 'gpu1', reason: 'no_socket' },
    say: (p) => ({
      sentence: `The SSH agent that holds the key for ${host(p, 'the host')} cannot be asked${whyInBrackets(p)}.`,
      nextStep: 'Start it and pass `SSH_AUTH_SOCK` on to the bot, or set `key_file`.',
    }),
  },
  'ssh.key_missing': {
    example: { host: 'gpu1', reason: 'ENOENT' },
    say: (p) => ({
      sentence: `The private key for ${host(p, 'the host')} cannot be read${whyInBrackets(p)}.`,
      nextStep: 'Mend `key_file`, or make a key with `ssh-keygen -t ed25519`.',
    }),
  },
  'ssh.key_permissions': {
    example: { host: 'gpu1', mode: '0644' },
    say: (p) => ({
      sentence: `Others can read the private key for ${host(p, 'the host')}${p.part('mode', (mode) => ` (mode ${mode})`)}; it is not used.`,
      nextStep: 'Run `chmod 600` on the file that `key_file` names.',
    }),
  },
  'ssh.key_passphrase': {
    example: { host: 'gpu1', reason: 'wrong' },
    say: (p) => ({
      sentence: `The private key for ${host(p, 'the host')} needs ${p.text('reason') === 'wrong' ? 'another passphrase' : 'a passphrase'}.`,
      nextStep: 'Say in `key_passphrase` where it is: `{ env = "NAME" }` or `{ file = "path" }`.',
    }),
  },
  'ssh.key_invalid': {
    example: { host: 'gpu1' },
    say: (p) => ({
      sentence: `The file with the private key for ${host(p, 'the host')} holds no key that can be used.`,
      nextStep: 'Name the private key in `key_file`, not the `.pub` file; ed25519, ECDSA and RSA keys work.',
    }),
  },
  'ssh.host_key_unknown': {
    example: {
      host: 'gpu1',
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:0mQ3x',
      line: 'gpu1.lan ssh-ed25519 AAAAC3Nz',
    },
    say: (p) => ({
      sentence: `The host key of ${host(p, 'the host')} is not pinned yet${shownKey(p)}.`,
      nextStep: `Compare it with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on that machine, then run \`npx cosmos host trust ${p.text('host', 'NAME')}\`${addLine(p, 'or')}.`,
    }),
  },
  'ssh.host_key_changed': {
    example: {
      host: 'gpu1',
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:0mQ3x',
      line: 'gpu1.lan ssh-ed25519 AAAAC3Nz',
    },
    say: (p) => ({
      sentence: `The host key of ${host(p, 'the host')} is another one than the pinned one${shownKey(p)}. Somebody may be in between.`,
      nextStep: `Ask who runs that machine whether it was installed anew. Only then remove its old line from the known hosts${addLine(p, 'and')}.`,
    }),
  },
  'ssh.known_hosts_unreadable': {
    example: { host: 'gpu1', reason: 'EACCES' },
    say: (p) => ({
      sentence: `${host(p)} is not asked: the file with the pinned host keys cannot be read${whyInBrackets(p)}.`,
      nextStep: 'Make it readable for the bot, or mend `known_hosts`.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** The host by its name, said of the jump host where that is what failed. */
function host(p: Parameters, otherwise = 'The host'): string {
  const jump = p.text('jump');
  if (jump === '') return p.text('host', otherwise);
  const the = otherwise.startsWith('T') ? 'The' : 'the';
  return `${the} jump host of ${p.text('host', 'the host')}`;
}

function at(p: Parameters): string {
  const port = p.part('port', (value) => `:${value}`);
  return p.part('address', (address) => ` (\`${address}${port}\`)`);
}

function shownKey(p: Parameters): string {
  return p.part('fingerprint', (value) => ` (${p.text('keyType', 'key')} \`${value}\`)`);
}

function addLine(p: Parameters, word: 'and' | 'or'): string {
  return p.part('line', (line) => ` ${word} add this line to the known hosts: \`${line}\``);
}
