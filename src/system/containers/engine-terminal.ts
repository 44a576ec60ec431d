// A terminal in a container: of its first process, or of a command started beside it. The engine turns the HTTP
// request into a plain connection, on which bytes go both ways.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ContainerTerminal, TerminalRequest } from '../container-engine.ts';
import { fieldsOf, idOf, parseJson, refusalOf } from './answers.ts';
import { askEngine, EngineError, readBody, upgradeEngineCall } from './engine-client.ts';

const ANSWER_MS = 10_000;

/** @throws EngineError without an answer, Error with the engine's message when it refuses */
export async function openEngineTerminal(
  socket: string,
  container: string,
  { argv, size, onBytes, onEnd }: TerminalRequest,
): Promise<ContainerTerminal> {
  const exec = argv === undefined ? undefined : await createExec(socket, container, argv);
  const place = exec === undefined ? `/containers/${container}` : `/exec/${exec}`;
  const path = exec === undefined ? `${place}/attach?stream=1&stdin=1&stdout=1&stderr=1` : `${place}/start`;
  const body = exec === undefined ? undefined : { Detach: false, Tty: true };
  const upgraded = await upgradeEngineCall({ socket, method: 'POST', path, body, timeoutMs: ANSWER_MS });
  if (upgraded.kind === 'answer') throw await refusal(upgraded.response, socket);
  const { connection, head } = upgraded;
  if (head.length > 0) onBytes(head);
  follow(connection, { onBytes, onEnd });
  const resize = ({ columns, rows }: TerminalRequest['size']): void => {
    const call = {
      socket,
      method: 'POST',
      path: `${place}/resize?w=${columns}&h=${rows}`,
      timeoutMs: ANSWER_MS,
    } as const;
    // What runs there continues in its old size.
    askEngine(call).catch(() => undefined);
  };
  resize(size);
  return { write: (bytes) => void connection.write(bytes), resize, close: () => connection.destroy() };
}

async function createExec(socket: string, container: string, argv: readonly string[]): Promise<string> {
  const body = {
    Cmd: argv,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    Env: ['TERM=xterm-256color'],
  };
  const path = `/containers/${container}/exec`;
  const answer = await askEngine({ socket, method: 'POST', path, body, timeoutMs: ANSWER_MS });
  const exec = idOf(fieldsOf(parseJson(answer.body))['Id']);
  if (exec === undefined) throw new EngineError(refusalOf(answer));
  return exec;
}

function follow(connection: Duplex, { onBytes, onEnd }: Pick<TerminalRequest, 'onBytes' | 'onEnd'>): void {
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
  };
  connection.on('data', (bytes: Buffer) => onBytes(bytes));
  connection.on('error', end);
  connection.on('end', () => connection.end());
  connection.on('close', end);
}

async function refusal(response: IncomingMessage, socket: string): Promise<EngineError> {
  return new EngineError(refusalOf({ status: response.statusCode ?? 0, body: await readBody(response, socket) }));
}
