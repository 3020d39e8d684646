import { z } from 'zod';

const bodySchema = z.object({
  authorizations: z.array(z.object({ team_id: z.string().nullish() })).optional(),
  /** Of a command, the workspace in which it was typed. */
  command: z.string().optional(),
  team_id: z.string().nullish(),
});

/**
 * The workspace that this is meant for, where it is not ours: an app that is installed in several gets the events of all
 * on any of its sockets. An event says for whom it is, through shared channels too; the team of a click is its author's.
 */
export function otherTeam(body: unknown, tenant: string): string | undefined {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { authorizations, command, team_id } = parsed.data;
  const meant = authorizations?.map((each) => each.team_id) ?? (command === undefined ? [] : [team_id]);
  const known = meant.filter((team) => team !== undefined && team !== null);
  return known.length < meant.length || known.includes(tenant) ? undefined : known[0];
}
