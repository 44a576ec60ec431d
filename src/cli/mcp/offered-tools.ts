// Which tools the server offers now: always the same ones, and those of the project's actions, which an edit may change.

import type { McpServer } from '@modelcontextprotocol/server';
import { actionTool, agentActions } from './action-tools.ts';
import type { CliContext } from '../context/context.ts';
import type { Tool } from './tool.ts';

type Registered = ReturnType<McpServer['registerTool']>;

interface OfferedToolsOptions {
  readonly context: CliContext;
  readonly register: (tool: Tool) => Registered;
}

export class OfferedTools {
  readonly #options: OfferedToolsOptions;
  #known = '[]';
  #registered: readonly Registered[] = [];

  constructor(options: OfferedToolsOptions) {
    this.#options = options;
  }

  /** The client is told when there are others than before. */
  offer(actions: Awaited<ReturnType<typeof agentActions>>): void {
    const offered = actions.map(({ name, service, confirm, params }) => ({ name, service, confirm, params }));
    const told = JSON.stringify(offered);
    if (told === this.#known) return;
    this.#known = told;
    for (const tool of this.#registered) tool.remove();
    this.#registered = actions.map((action) => this.#options.register(actionTool(action)));
  }

  /** After a call: the session may have begun, or another config may be active. */
  async refresh(): Promise<void> {
    this.offer(await agentActions(this.#options.context));
  }
}
