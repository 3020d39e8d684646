/**
 * The id that a chat platform gave to a file of ours, under the key of the intent to send it: platforms that take a file
 * in several steps, and show it later or never, are asked for it by this id.
 */
export const chatFiles = `
CREATE TABLE chat_files (
  key TEXT PRIMARY KEY,
  file_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_files_oldest ON chat_files (sent_at);
`;
