import type { SshConfig, SshServerConfig } from '../../../core/config/config.ts';
import { expandHomePath } from '../../../core/config/resolve-home-path.ts';
import type { SecretReference } from '../../../core/config/secret.ts';
import type { SshOptions, SshServer } from './ssh-options.ts';

/** What a connection takes from the machine that the bot runs on. */
export interface SshSurroundings {
  readonly home: string;
  /** Name of the user that runs the bot. */
  readonly user: string;
  /** Socket of the agent that the environment names; empty for none. */
  readonly agentSocket: string;
  /** Looks a passphrase up. Throws `config.secret_missing`. */
  readonly passphrase: (reference: SecretReference) => Promise<string>;
}

/** How a configured host is reached from this machine. */
export function toSshOptions(config: SshConfig, surroundings: SshSurroundings): SshOptions {
  return {
    ...toServer(config, surroundings),
    knownHosts: expandHomePath(surroundings.home, config.knownHosts),
    ...(config.jump !== undefined && { jump: toServer(config.jump, surroundings) }),
  };
}

function toServer(config: SshServerConfig, surroundings: SshSurroundings): SshServer {
  const { address, port, user, keyFile, keyPassphrase, agent } = config;
  const { home, agentSocket, passphrase } = surroundings;
  return {
    address,
    port,
    user: user ?? surroundings.user,
    ...(keyFile !== undefined && { keyFile: expandHomePath(home, keyFile) }),
    ...(keyPassphrase !== undefined && { passphrase: () => passphrase(keyPassphrase) }),
    ...(agent !== undefined && { agent: agent === true ? agentSocket : expandHomePath(home, agent) }),
  };
}
