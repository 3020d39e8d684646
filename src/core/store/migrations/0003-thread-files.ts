/**
 * Which output of a run a delivery posts; and files that somebody has sent for a prompt and that nothing uses yet, since
 * another file has their role.
 */
export const threadFiles = `
ALTER TABLE deliveries ADD COLUMN output INTEGER;

CREATE TABLE prompt_offers (
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  asset_sha256 TEXT NOT NULL REFERENCES assets (sha256),
  original_name TEXT NOT NULL,
  offered_at INTEGER NOT NULL,
  PRIMARY KEY (prompt_id, asset_sha256)
) STRICT, WITHOUT ROWID;
`;
