import { SSH_WORDING } from './ssh-wording.ts';
import type { Parameters, Wording } from './wording.ts';

/** What a Docker that cannot be used needs, by the reason that the layers below give. */
const MENDS: ReadonlyMap<string, string> = new Map([
  ['docker_not_running', 'Start it there: `sudo systemctl enable --now docker`.'],
  ['docker_missing', 'Install it there: `sudo apt-get install docker.io`.'],
  [
    'docker_denied',
    'Add that user to the group `docker` there (`sudo usermod -aG docker USER`), then restart the bot: groups count from the next login on. Or set `docker_command = ["sudo", "docker"]`, with a rule of sudo that asks for no password.',
  ],
  [
    'sudo_denied',
    'Add a rule of sudo there that asks for no password (`sudo visudo -f /etc/sudoers.d/cosmos`: `USER ALL=(root) NOPASSWD: /usr/bin/docker`). Or leave `docker_command` out, and add the user to the group `docker`.',
  ],
]);

/** What mends a host, by its `reason`; the reasons of SSH are the second part of its codes. */
export function hostMend(p: Parameters, otherwise: string): string {
  const reason = p.list('missing').includes('docker') ? 'docker_missing' : p.text('reason');
  const known = MENDS.get(reason);
  if (known !== undefined) return known;
  const overSsh: ReadonlyMap<string, Wording> = new Map(Object.entries(SSH_WORDING));
  return overSsh.get(`ssh.${reason}`)?.say(p).nextStep ?? otherwise;
}
