/** Platforms that an access rule may name: the rules of a team outlive the set of chats that is switched on. */
export const PLATFORMS = ['terminal', 'slack', 'discord', 'web'] as const;

/** Values that the format keeps for later versions, by key; `[]` stands for every entry of a list. */
export const LATER_VALUES: ReadonlyMap<string, readonly string[]> = new Map([['hosts[].engine', ['slurm']]]);
