import { describe, expect, it } from 'vitest';
import { mediumOf } from '../../../../src/bot/chat/medium.ts';
import { fileSchema, toChatFiles } from '../../../../src/bot/slack/inbound/files.ts';

const file = (fields: object) => fileSchema.parse({ id: 'F1', ...fields });

const taken = (fields: object) => toChatFiles({ files: [file(fields)], taken: [file(fields)] }).files[0];

describe('a file', () => {
  it.each([
    ['a type', { mimetype: 'video/quicktime', name: 'notes.txt' }, 'video'],
    ['an ending, before Slack has looked at it', { mimetype: '', name: 'Drift.MOV' }, 'video'],
    ['a type that says nothing', { mimetype: 'application/octet-stream', name: 'a.mkv' }, 'video'],
    ["Slack's own type", { filetype: 'png' }, 'image'],
    ['sound', { mimetype: 'audio/wav' }, 'audio'],
    ['an archive', { mimetype: 'application/zip', name: 'render' }, 'archive'],
    ['an archive by its ending', { mimetype: 'application/octet-stream', name: 'render.ZIP' }, 'archive'],
    ['a page', { mimetype: 'application/pdf', name: 'a.pdf', filetype: 'pdf' }, 'other'],
    ['no ending', { mimetype: 'text/plain', name: 'README' }, 'other'],
    ['nothing: it is of another organisation', { mode: 'file_access' }, 'video'],
  ])('is known by %s', (_by, fields, medium) => {
    expect(mediumOf(file(fields))).toBe(medium);
  });

  it('is called by its name, its title or its id', () => {
    expect(taken({ name: 'a.mp4', title: 'A', size: 3 })).toEqual({
      id: 'F1',
      name: 'a.mp4',
      bytes: 3,
    });
    expect(taken({ name: '', title: 'A' })).toEqual({ id: 'F1', name: 'A' });
    expect(taken({ name: null, title: null, size: null })).toEqual({ id: 'F1', name: 'F1' });
  });
});
