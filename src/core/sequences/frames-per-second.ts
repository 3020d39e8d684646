/** What most renderers are set to. */
export const USUAL_FPS = 24;
/** Beyond these no player goes. */
export const FPS_BOUNDS = { minimum: 1, maximum: 240 } as const;

/** `render_30fps.zip` says how fast its pictures are shown; undefined where a name says nothing, or nothing possible. */
export function fpsOfName(name: string): number | undefined {
  const found = /(?<![a-z0-9])(\d{1,3}(?:\.\d{1,3})?)[ _-]?fps(?![a-z0-9])/i.exec(name)?.[1];
  const fps = Number(found);
  return fps >= FPS_BOUNDS.minimum && fps <= FPS_BOUNDS.maximum ? fps : undefined;
}
