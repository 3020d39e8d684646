import { type SourceText, withLines } from '../config/problem-lines.ts';
import { formatPath } from '../config/schema-walk.ts';
import { withoutSecretParameters } from '../config/without-secrets.ts';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';
import type { ReadProfile } from './read-profiles.ts';

/** Whose override it is: of a host, or of all. */
interface Owner {
  readonly id: string;
  readonly host?: HostPlace;
}

interface HostPlace {
  /** Its place in the configuration. */
  readonly index: number;
  readonly name: string;
}

/**
 * Profiles with the configuration's changes in them, and what is wrong with those, said where the configuration says
 * it: with its `file`, `line`, and `where` there, and the `model`.
 */
export class OverrideProblems {
  readonly #written: SourceText | undefined;

  /** `written` is absent where the configuration has no file. */
  constructor(written: SourceText | undefined) {
    this.#written = written;
  }

  /** The profile with the layers over it, of which those that are absent change nothing. */
  override(
    { profile, table }: ReadProfile,
    layers: readonly (Table | undefined)[],
    owner: Owner,
  ): Checked<Profile> {
    const given = layers.filter((layer) => layer !== undefined);
    if (given.length === 0) return valid(profile);
    const file = this.#written?.file ?? nameOf(owner);
    const fixed = given.flatMap(
      (layer) => ['id', 'schema'].find((key) => Object.hasOwn(layer, key)) ?? [],
    )[0];
    const checked =
      fixed === undefined
        ? parseProfile(given.reduce(mergeTables, table), file)
        : invalid('config.profile_invalid', { file, where: fixed, detail: 'cannot be overridden' });
    return checked.ok ? checked : { ok: false, problems: this.#placed(checked.problems, owner) };
  }

  /** A host that runs models in containers needs to know in which. */
  missingContainer({ id, container }: Profile, host: HostPlace): readonly Problem[] {
    if (container !== undefined) return [];
    const owner = { id, host };
    const detail = 'is missing, and this host runs models in containers only';
    const file = this.#written?.file ?? nameOf(owner);
    const parameters = { file, where: 'container', detail };
    return this.#placed([{ code: 'config.profile_invalid', parameters }], owner);
  }

  /** A problem whose `where` is a path of the configuration. */
  located(problem: Problem): Problem {
    if (this.#written === undefined) return problem;
    const { code, parameters } = problem;
    const { file } = this.#written;
    const [found] = withLines([{ code, parameters: { ...parameters, file } }], [this.#written]);
    return withoutSecretParameters(found);
  }

  #placed(problems: readonly [Problem, ...Problem[]], { id, host }: Owner): readonly [Problem, ...Problem[]] {
    const written = this.#written;
    if (written === undefined) return problems;
    const places = [
      ...(host === undefined ? [] : [formatPath(['hosts', host.index, 'models', id])]),
      formatPath(['models', id]),
    ];
    const [first, ...rest] = withLines(
      problems,
      places.map((within) => ({ ...written, within })),
    );
    const named = ({ code, parameters }: Problem): Problem =>
      withoutSecretParameters({ code, parameters: { ...parameters, model: id } });
    return [named(first), ...rest.map(named)];
  }
}

/** What an override is called where the configuration has no file. */
function nameOf({ id, host }: Owner): string {
  return host === undefined ? `models.${id}` : `hosts.${host.name}.${id}`;
}
