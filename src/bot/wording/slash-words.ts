/** What a platform's own list of commands says beside the registry's help. */
export const SLASH_WORDS = {
  command: 'Make prompts from videos, queue runs on the GPU, and follow them',
  useAsPrompt: 'Use as prompt',
  assignments: (pattern: string, help: string): string => `${pattern} …: ${help}`,
} as const;
