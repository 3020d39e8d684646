import type { Principal } from '../access/principal.ts';
import type { PrincipalId, TenantId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import type { FreshIds } from './fresh-ids.ts';

/** Who somebody is on a platform. */
export interface ExternalIdentity {
  readonly platform: string;
  readonly tenant: string;
  readonly user: string;
  readonly name: string;
}

/** A principal and the identity that it stands for. */
export type KnownPrincipal = Principal & ExternalIdentity;

/** One row for each (platform, tenant, user). */
export class PrincipalStore {
  readonly #connection: Connection;
  readonly #ids: FreshIds;
  readonly #clock: Clock;
  readonly #find: Statement<[string, string, string], Principal>;
  readonly #tenant: Statement<[string, string], { id: TenantId }>;
  readonly #insertTenant: Statement<[string, string, string, number]>;
  readonly #insert: Statement<[string, string, string, string, number]>;
  readonly #rename: Statement<[string, string]>;

  constructor(connection: Connection, ids: FreshIds, clock: Clock) {
    this.#connection = connection;
    this.#ids = ids;
    this.#clock = clock;
    this.#find = connection.prepare(
      `SELECT principals.id, principals.name FROM principals JOIN tenants ON tenants.id = principals.tenant_id
       WHERE tenants.platform = ? AND tenants.external_id = ? AND principals.external_id = ?`,
    );
    this.#tenant = connection.prepare('SELECT id FROM tenants WHERE platform = ? AND external_id = ?');
    this.#insertTenant = connection.prepare(
      'INSERT INTO tenants (id, platform, external_id, created_at) VALUES (?, ?, ?, ?)',
    );
    this.#insert = connection.prepare(
      'INSERT INTO principals (id, tenant_id, external_id, name, created_at) VALUES (?, ?, ?, ?, ?)',
    );
    this.#rename = connection.prepare('UPDATE principals SET name = ? WHERE id = ?');
  }

  /** The principal of that identity, made at the first sight of it; the name follows the platform's. */
  ensure(identity: ExternalIdentity): Principal {
    const { platform, tenant, user, name } = identity;
    const seen = this.#find.get(platform, tenant, user);
    if (seen?.name === name) return seen;
    return this.#connection.write(() => {
      // Another process may have made it meanwhile.
      const known = this.#find.get(platform, tenant, user);
      if (known !== undefined) {
        this.#rename.run(name, known.id);
        return { id: known.id, name };
      }
      const id = this.#ids.make('pr');
      this.#insert.run(id, this.#ensureTenant(platform, tenant), user, name, this.#clock.now());
      return { id, name };
    });
  }

  /** The principal of that identity, where the bot has met it. */
  find({ platform, tenant, user }: Omit<ExternalIdentity, 'name'>): Principal | undefined {
    return this.#find.get(platform, tenant, user);
  }

  /** A principal with who they are on their platform, for mentions. */
  get(id: PrincipalId): KnownPrincipal | undefined {
    return this.#connection
      .prepare<[string], KnownPrincipal>(
        `SELECT principals.id, principals.name, principals.external_id AS user, tenants.platform,
           tenants.external_id AS tenant
         FROM principals JOIN tenants ON tenants.id = principals.tenant_id WHERE principals.id = ?`,
      )
      .get(id);
  }

  #ensureTenant(platform: string, tenant: string): TenantId {
    const known = this.#tenant.get(platform, tenant);
    if (known !== undefined) return known.id;
    const id = this.#ids.make('tn');
    this.#insertTenant.run(id, platform, tenant, this.#clock.now());
    return id;
  }
}
