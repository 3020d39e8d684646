/** A file to be kept under this name: as ASCII for those who read no more, and exactly (RFC 6266, RFC 8187). */
export function contentDisposition(name: string): string {
  const safe = name
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, '_')
    .replace(/^\.+/, '_');
  const ascii = safe.replaceAll(/[^\x20-\x7e]/gu, '_').replaceAll('%', '_');
  const exact = encodeURIComponent(safe).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}
