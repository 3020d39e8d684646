import type { GatewayDispatchEvents, GatewayDispatchPayload } from 'discord.js';

/** A dispatch with the parts that matter. */
export function dispatch(t: GatewayDispatchEvents, d: unknown): GatewayDispatchPayload {
  const payload: unknown = { op: 0, s: 1, t, d };
  if (!isDispatch(payload)) throw new Error(`${t} is no dispatch`);
  return payload;
}

function isDispatch(payload: unknown): payload is GatewayDispatchPayload {
  return typeof payload === 'object' && payload !== null && 't' in payload && 'd' in payload;
}
