/** Makes any text safe as the value of a filter option inside a graph description (both levels of escaping). */
export function filterValue(text: string): string {
  const asOption = text.replace(/[\\':]/g, '\\$&');
  return asOption.replace(/[\\'[\],;]/g, '\\$&');
}
