// Reads an engine's answers. It trusts no shape, and makes every text printable.

import { printable } from '../printable.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A non-empty text, made printable; undefined for anything else. */
export function textOf(value: unknown, limit = 100): string | undefined {
  return typeof value === 'string' && value !== '' ? printable(value, limit) : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The id of a container, an image or an exec. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{12,64}$/.test(value) ? value : undefined;
}

/** The engine names containers as paths. */
export function containerName(value: unknown): string | undefined {
  return typeof value === 'string' ? textOf(value.replace(/^\//, '')) : undefined;
}

/** The same with the status that Docker gives: Podman says 500 of what cannot be in the state that something is in. */
export function asDocker<Answer extends { readonly status: number; readonly body: string }>(answer: Answer): Answer {
  if (answer.status !== 500) return answer;
  const { cause } = fieldsOf(parseJson(answer.body));
  return typeof cause === 'string' && PODMAN_CONFLICTS.has(cause) ? { ...answer, status: 409 } : answer;
}

const PODMAN_CONFLICTS = new Set(['container state improper', 'that name is already in use']);

/** The engine's own reason for the refusal. */
export function refusalOf(answer: { readonly status: number; readonly body: string }): string {
  const message = textOf(fieldsOf(parseJson(answer.body))['message'], 300);
  return message ?? `it refused with HTTP ${answer.status}`;
}
