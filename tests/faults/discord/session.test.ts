import { describeSessions } from '../chat/session-suite.ts';
import { DiscordWorld } from './discord-world.ts';
import { KILL_PLACES } from './places.ts';

await describeSessions('Discord', async (clock) => await DiscordWorld.open(clock), KILL_PLACES);
