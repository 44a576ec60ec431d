// The instructions for coding agents: an entry of the MCP server in the files that they read, and a section of AGENTS.md.
// An existing entry stays unchanged, and so does everything else in the file.

import { agentHelp } from '../text/agent-help.ts';
import type { PlannedFile } from './write.ts';

const SERVER = { command: './dev', args: ['mcp'] };
const SECTION = '## Services (devdeck)';

/** The file, the key of its servers, and what else VS Code wants to know. */
const ENTRIES = [
  ['.mcp.json', 'mcpServers', {}],
  ['.cursor/mcp.json', 'mcpServers', {}],
  ['.vscode/mcp.json', 'servers', { type: 'stdio' }],
] as const;

export interface AgentFilesRequest {
  readonly read: (path: string) => string | undefined;
  readonly has: (path: string) => boolean;
  /** Of the page that an agent's preview shows; undefined when no service has one. */
  readonly port: number | undefined;
}

/** @param kept gets what stays as it is, and why */
export function agentFiles(request: AgentFilesRequest, kept: string[]): readonly PlannedFile[] {
  return [
    ...ENTRIES.flatMap((entry) => mcpEntry(entry, request, kept)),
    ...launchEntry(request, kept),
    ...section(request, kept),
  ];
}

function mcpEntry(
  [path, key, more]: (typeof ENTRIES)[number],
  { read, has }: AgentFilesRequest,
  kept: string[],
): readonly PlannedFile[] {
  const before = read(path);
  if (before === undefined && has(path)) {
    kept.push(`${path} cannot be read`);
    return [];
  }
  const known = before === undefined ? {} : objectIn(before);
  if (known === undefined) {
    kept.push(
      `${path} is not plain JSON: add ${JSON.stringify({ [key]: { devdeck: { ...more, ...SERVER } } })} by hand`,
    );
    return [];
  }
  const servers = isObject(known[key]) ? known[key] : {};
  if (Object.hasOwn(servers, 'devdeck')) {
    kept.push(`${path} has an entry of devdeck`);
    return [];
  }
  const entry = { ...more, ...SERVER };
  const indent = /\n([ \t]+)"/.exec(before ?? '')?.[1] ?? '  ';
  const text = `${JSON.stringify({ ...known, [key]: { ...servers, devdeck: entry } }, null, indent)}\n`;
  const shown = `"${key}": {"devdeck": ${JSON.stringify(entry)}}`;
  return [{ path, change: before === undefined ? 'create' : 'add', text, shown }];
}

/** The preview of Claude Code starts what stands here, and shows the page on its port. */
function launchEntry({ read, has, port }: AgentFilesRequest, kept: string[]): readonly PlannedFile[] {
  const path = '.claude/launch.json';
  const entry = { name: 'devdeck', runtimeExecutable: './dev', runtimeArgs: ['up', '--stream'], port };
  if (port === undefined) {
    kept.push(`${path} needs the port of a page, and no service has one`);
    return [];
  }
  const before = read(path);
  const known = before === undefined && !has(path) ? { version: '0.0.1' } : objectIn(before ?? '');
  const configurations = known === undefined ? undefined : (known['configurations'] ?? []);
  if (!Array.isArray(configurations)) {
    kept.push(`${path} is not plain JSON: add ${JSON.stringify(entry)} to its configurations by hand`);
    return [];
  }
  if (configurations.some((other) => isObject(other) && other['name'] === 'devdeck')) {
    kept.push(`${path} has an entry of devdeck`);
    return [];
  }
  const text = `${JSON.stringify({ ...known, configurations: [...(configurations as unknown[]), entry] }, null, 2)}\n`;
  return [{ path, change: before === undefined ? 'create' : 'add', text, shown: JSON.stringify(entry) }];
}

function section({ read, has }: AgentFilesRequest, kept: string[]): readonly PlannedFile[] {
  const path = 'AGENTS.md';
  const before = read(path);
  if (before === undefined && has(path)) {
    kept.push(`${path} cannot be read`);
    return [];
  }
  if (before?.includes(SECTION) === true) {
    kept.push(`${path} has a section of devdeck`);
    return [];
  }
  const [, ...page] = agentHelp().split('\n');
  const shown = [SECTION, '', '```text', ...page.filter((line) => line !== ''), '```', ''].join('\n');
  const text = before === undefined ? shown : `${before.trimEnd()}\n\n${shown}`;
  return [{ path, change: before === undefined ? 'create' : 'add', text, shown }];
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
