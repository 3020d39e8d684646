import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What a page links to, in Markdown or in HTML; code is no link. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
  const found = text.matchAll(
    /\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)|\b(?:src|href)="([^"]+)"/gm,
  );
  return [...found].map(([, inline, reference, html]) => inline ?? reference ?? html ?? '');
}

/** Anchors as they are made of headings, and those that are set. */
function anchorsOf(path: string): ReadonlySet<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const headings = [...text.matchAll(/^#+\s+(.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/\bid="([^"]+)"/g)].map(([, id = '']) => id)]);
}

function isBroken(page: string, link: string): boolean {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return false;
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? join(ROOT, page) : resolve(dirname(join(ROOT, page)), decodeURI(file));
  if (relative(ROOT, path).startsWith('..') || !existsSync(path)) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).has(anchor);
}

it('every link between the pages leads somewhere', () => {
  const links = PAGES.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter(({ page, link }) => isBroken(page, link))).toEqual([]);
});

it.each(['docs/nowhere.md', 'docs/commands.md#nowhere', '#nowhere', '../outside.md'])(
  'a link to %s would be found',
  (link) => {
    expect(isBroken('README.md', link)).toBe(true);
  },
);
