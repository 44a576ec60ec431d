// What detection sees of a project: names and texts of files, nothing else. Detectors are pure functions over it, so
// they run the same on a disk and on a tree made up by a test.
// Left to others: walking the disk, and what is too large or no text (system/source-tree).

export interface Folder {
  /** Relative paths with `/`, nearest to the root first; without dependencies, build output and hidden folders. */
  readonly files: readonly string[];
  /** Undefined for what is not there, no text, or too large to be looked at. */
  read(path: string): string | undefined;
  /** Sees also what `files` leaves out, such as `.venv/bin/uvicorn`. */
  has(path: string): boolean;
}

/** `a/b` of `a/b/c.ts`; empty for a file of the root. */
export function dirOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end);
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function inDir(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}

/** `path` as seen from `dir`, which holds it. */
export function relativeTo(dir: string, path: string): string {
  return dir === '' ? path : path.slice(dir.length + 1);
}

/** The folder and every one above it, up to the root. */
export function withParents(dir: string): string[] {
  return dir === '' ? [''] : [dir, ...withParents(dirOf(dir))];
}

/** Paths of the files with one of these names, nearest to the root first. */
export function filesNamed(folder: Folder, ...names: readonly string[]): readonly string[] {
  return folder.files.filter((path) => names.includes(baseOf(path)));
}

export function filesIn(folder: Folder, dir: string, pattern: RegExp): readonly string[] {
  return folder.files.filter((path) => (dir === '' || path.startsWith(`${dir}/`)) && pattern.test(path));
}

export function readJson(folder: Folder, path: string): Readonly<Record<string, unknown>> {
  try {
    return asMap(JSON.parse(folder.read(path) ?? ''));
  } catch {
    return {};
  }
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Empty for what is not a map. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item) => asText(item) ?? []) : [];
}
