// What the server knows of a tool.

import type * as z from 'zod';
import type { Call } from './call.ts';

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly isReadOnly: boolean;
  readonly run: (args: Record<string, unknown>, call: Call) => Promise<Record<string, unknown>>;
}
