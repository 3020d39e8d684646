/** What a model does with a prompt; each has its own verb. */
export const TASKS = ['generate', 'upscale', 'enhance'] as const;
export type ModelTask = (typeof TASKS)[number];
