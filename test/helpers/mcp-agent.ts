// A coding agent: the official MCP client on `devdeck mcp` in a project.

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { DEVDECK } from './run-dev.ts';
import type { TempProject } from './temp-project.ts';

interface Answer {
  readonly isError?: boolean;
  readonly structuredContent?: unknown;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
}

export type ToolAnswer = Record<string, never> & { readonly isError: boolean };

/** Its server is gone when the test ends. */
export async function agentOn({ root, env }: TempProject, name = 'test-agent'): Promise<Client> {
  const client = new Client({ name, version: '1.2' });
  await client.connect(new StdioClientTransport({ command: DEVDECK, args: ['mcp'], cwd: root, env, stderr: 'pipe' }));
  onTestFinished(() => client.close());
  return client;
}

/** The answer of a tool as the agent reads it: its text, parsed. */
export async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const answer = (await client.callTool({ name, arguments: args })) as Answer;
  const [{ text = '{}' } = {}] = answer.content;
  return { isError: answer.isError === true, ...(JSON.parse(text) as Record<string, unknown>) } as ToolAnswer;
}
