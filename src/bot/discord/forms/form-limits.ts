/** Discord's limits of modals, as it documents them. */
export const FORM_LIMITS = {
  title: 45,
  fields: 5,
  label: 45,
  help: 100,
  customId: 100,
  text: 4_000,
  options: 25,
  option: 100,
} as const;
