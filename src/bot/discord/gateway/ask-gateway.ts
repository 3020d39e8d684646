import { type APIGatewayBotInfo, REST, type ResponseLike, Routes } from 'discord.js';
import type { Secret } from '../../../core/ports/secret.ts';
import { toChatError, unavailable } from '../discord-errors.ts';
import { fetchWhole } from '../fetch-whole.ts';

/** A client for the one call that the library makes. It forgets the token after a refusal: use it for one connection. */
export function gatewayRest(token: Secret, apiUrl: string, closed: AbortSignal): REST {
  return new REST({
    api: apiUrl.replace(/\/+$/, ''),
    ...{ hashSweepInterval: 0, handlerSweepInterval: 0 },
    makeRequest: async (url, init): Promise<ResponseLike> => await fetchWhole(url, init, token, closed),
  }).setToken(token.reveal());
}

/** Where the gateway is, and how many sessions may begin. Throws `chat.unavailable` and `chat.token_refused`. */
export async function askGateway(rest: REST): Promise<APIGatewayBotInfo> {
  try {
    const answer = await rest.get(Routes.gatewayBot(), { auth: false });
    if (!isInfo(answer)) throw unavailable('unreadable answer');
    return answer;
  } catch (error) {
    throw toChatError(error);
  }
}

function isInfo(answer: unknown): answer is APIGatewayBotInfo {
  return typeof answer === 'object' && answer !== null && 'url' in answer && 'session_start_limit' in answer;
}
