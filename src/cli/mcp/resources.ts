// What an agent may want to read: the active config, its schema, and what there is to know about devdeck.

import { agentHelp } from '../text/agent-help.ts';
import type { CliContext } from '../context/context.ts';
import { capture } from './capture.ts';

interface Resource {
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly mimeType: string;
  readonly read: (context: CliContext) => Promise<string>;
}

async function printed(context: CliContext, names: readonly string[]): Promise<string> {
  const { signal } = new AbortController();
  return (await capture(context, 'config', { names, signal })).lines.join('\n');
}

export const RESOURCES: readonly Resource[] = [
  {
    name: 'config',
    uri: 'devdeck://config',
    title: 'The active config',
    mimeType: 'text/yaml',
    read: async (context) => printed(context, []),
  },
  {
    name: 'schema',
    uri: 'devdeck://schema',
    title: 'The JSON Schema of .project.config',
    mimeType: 'application/schema+json',
    read: async (context) => printed(context, ['schema']),
  },
  {
    name: 'docs',
    uri: 'devdeck://docs',
    title: 'devdeck for agents, on one page',
    mimeType: 'text/markdown',
    read: async () => agentHelp(),
  },
];
