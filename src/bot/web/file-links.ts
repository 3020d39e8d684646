import type { WebConfig } from '../../core/config/config.ts';
import { linkSecrets } from '../../core/config/link-secrets.ts';
import type { SecretLookup } from '../../core/config/secret.ts';
import { CosmosError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Run } from '../../core/runs/run.ts';
import { resultFile } from '../chat/run-files.ts';
import type { FileLink } from '../thread-view/views.ts';
import { LinkSigner } from './link-signer.ts';

/** What is signed for this cannot be used for anything else that is signed with the same secret. */
const PURPOSE = 'cosmos-bot file 1';
const MS_PER_SECOND = 1000;
/** A time in seconds, written as this bot writes it. */
const SECONDS = /^[1-9]\d{0,11}$/;
const POSITION = /^(?:0|[1-9]\d{0,5})$/;

export interface FileLinksParts {
  readonly web: Pick<WebConfig, 'publicUrl' | 'linkSecret' | 'previousLinkSecrets' | 'linkLifetimeMs'>;
  readonly secrets: SecretLookup;
  readonly clock: Clock;
}

/** The parts of an address below `publicUrl` that say which file is meant. */
export interface LinkedFile {
  readonly run: string;
  /** Place among the outputs of the run. */
  readonly output: string;
  /** For people; not what the file is looked up by. */
  readonly name: string;
  /** Seconds since 1970. */
  readonly expires: string;
  readonly signature: string;
}

/** `forged` is everything that was not signed by this bot. */
export type LinkState = 'good' | 'expired' | 'forged';

/** Addresses below which the outputs of runs can be had for a time, without any other proof of who asks. */
export class FileLinks {
  readonly #parts: FileLinksParts;
  #known: LinkSigner | undefined;

  constructor(parts: FileLinksParts) {
    this.#parts = parts;
  }

  /** A new link to an output of a run. Throws as `linkSecrets` fails. */
  to(run: Run, output: number): FileLink {
    const { web, clock } = this.#parts;
    const seconds = Math.floor((clock.now() + web.linkLifetimeMs) / MS_PER_SECOND);
    const file = { run: run.id, output: String(output), name: resultFile(run, output)?.name ?? 'file' };
    const expires = String(seconds);
    const signature = this.#signer.sign(signedWords({ ...file, expires }));
    const path = [file.run, file.output, file.name].map(segment).join('/');
    return {
      url: `${web.publicUrl}/files/${path}?expires=${expires}&signature=${signature}`,
      name: file.name,
      until: seconds * MS_PER_SECOND,
    };
  }

  /** Whether a link is one of this bot's, and still to be used. Throws as `linkSecrets` fails. */
  check(file: LinkedFile): LinkState {
    const isWritten = POSITION.test(file.output) && SECONDS.test(file.expires);
    if (!isWritten || !this.#signer.isSigned(signedWords(file), file.signature)) return 'forged';
    return this.#parts.clock.now() < Number(file.expires) * MS_PER_SECOND ? 'good' : 'expired';
  }

  /** Only who needs a link needs the secret. */
  get #signer(): LinkSigner {
    if (this.#known !== undefined) return this.#known;
    const secrets = linkSecrets(this.#parts.web, this.#parts.secrets);
    if (!secrets.ok) {
      const [{ code, parameters }] = secrets.problems;
      throw new CosmosError(code, parameters);
    }
    this.#known = new LinkSigner(secrets.value);
    return this.#known;
  }
}

function signedWords({ run, output, name, expires }: Omit<LinkedFile, 'signature'>): readonly string[] {
  return [PURPOSE, run, output, name, expires];
}

/** A part of a path, in which nothing ends an address in running text. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
