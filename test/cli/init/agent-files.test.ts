import { describe, expect, it } from 'vitest';
import { agentFiles } from '../../../src/cli/init/agent-files.ts';

function planned(files: Readonly<Record<string, string>>) {
  const kept: string[] = [];
  const plan = agentFiles({ read: (path) => files[path], has: (path) => Object.hasOwn(files, path), port: 5173 }, kept);
  return { kept, byPath: Object.fromEntries(plan.map((file) => [file.path, file])) };
}

describe('the instructions for coding agents', () => {
  it('add an entry to the files of common agents, and a section to AGENTS.md', () => {
    const { byPath, kept } = planned({});
    expect(Object.keys(byPath)).toEqual([
      '.mcp.json',
      '.cursor/mcp.json',
      '.vscode/mcp.json',
      '.claude/launch.json',
      'AGENTS.md',
    ]);
    expect(JSON.parse(byPath['.mcp.json']?.text ?? '')).toEqual({
      mcpServers: { devdeck: { command: './dev', args: ['mcp'] } },
    });
    expect(JSON.parse(byPath['.vscode/mcp.json']?.text ?? '')).toEqual({
      servers: { devdeck: { type: 'stdio', command: './dev', args: ['mcp'] } },
    });
    expect(JSON.parse(byPath['.claude/launch.json']?.text ?? '')).toEqual({
      version: '0.0.1',
      configurations: [{ name: 'devdeck', runtimeExecutable: './dev', runtimeArgs: ['up', '--stream'], port: 5173 }],
    });
    expect(byPath['AGENTS.md']?.text).toContain('./dev ensure --json');
    expect(kept).toEqual([]);
  });

  it('keep the other content of these files', () => {
    const mcp = '{\n    "mcpServers": {\n        "other": {"command": "x"}\n    },\n    "more": 1\n}\n';
    const { byPath } = planned({ '.mcp.json': mcp, 'AGENTS.md': '# Rules\nBe kind.\n' });
    expect(JSON.parse(byPath['.mcp.json']?.text ?? '')).toMatchObject({
      mcpServers: { other: { command: 'x' }, devdeck: { command: './dev' } },
      more: 1,
    });
    expect(byPath['.mcp.json']).toMatchObject({ change: 'add', text: expect.stringContaining('\n    "more"') });
    expect(byPath['AGENTS.md']?.text).toMatch(/^# Rules\nBe kind\.\n\n## Services \(devdeck\)\n/);
  });

  it('joins what the preview of Claude Code starts already', () => {
    const launch = '{"version": "0.0.1", "configurations": [{"name": "web", "port": 3000}]}';
    const { byPath } = planned({ '.claude/launch.json': launch });
    expect(JSON.parse(byPath['.claude/launch.json']?.text ?? '')).toMatchObject({
      configurations: [{ name: 'web' }, { name: 'devdeck' }],
    });
    const { kept } = planned({ '.claude/launch.json': '// mine' });
    expect(kept[0]).toContain('.claude/launch.json is not plain JSON');
  });

  it('are not added twice, and not written into an unreadable file', () => {
    const first = planned({});
    const files = Object.fromEntries(Object.values(first.byPath).map(({ path, text }) => [path, text]));
    expect(planned(files)).toEqual({
      byPath: {},
      kept: [
        '.mcp.json has an entry of devdeck',
        '.cursor/mcp.json has an entry of devdeck',
        '.vscode/mcp.json has an entry of devdeck',
        '.claude/launch.json has an entry of devdeck',
        'AGENTS.md has a section of devdeck',
      ],
    });
    const { byPath, kept } = planned({ '.vscode/mcp.json': '{ // mine\n }' });
    expect(byPath['.vscode/mcp.json']).toBeUndefined();
    expect(kept[0]).toContain('.vscode/mcp.json is not plain JSON: add {"servers"');
  });
});
