import { describeSessions } from '../chat/session-suite.ts';
import { KILL_PLACES } from './places.ts';
import { SlackWorld } from './slack-world.ts';

await describeSessions('Slack', async (clock) => await SlackWorld.open(clock), KILL_PLACES);
