// The terminals of services that one client is connected to. A client that reads slowly loses output instead of holding
// up the service; once it has caught up it learns how much. Its terminals are closed when it disconnects.

import type { ServiceTerminal, Session, TerminalEvent } from '../core/session/session.ts';
import { integer, serviceName, terminalSize, usage } from './methods.ts';
import type { ServerFrame, WireTerminalEvent } from './protocol.ts';

const METHODS = ['openTerminal', 'writeTerminal', 'resizeTerminal', 'closeTerminal'] as const;
type TerminalMethod = (typeof METHODS)[number];
const MAX_OPEN = 16;

/** Each takes the number under which the client opened the terminal; then service and size, bytes in base64, or a size. */
export function isTerminalMethod(method: string): method is TerminalMethod {
  return METHODS.some((known) => known === method);
}

export class PeerTerminals {
  private readonly open = new Map<number, ServiceTerminal>();
  private readonly skipped = new Map<number, number>();
  private readonly options: {
    readonly session: Session;
    readonly send: (frame: ServerFrame) => void;
    readonly isBehind: () => boolean;
  };
  private isClosed = false;

  constructor(options: PeerTerminals['options']) {
    this.options = options;
  }

  /** @throws DevError `usage`, or what the session refuses with */
  async call(method: TerminalMethod, [id, ...params]: readonly unknown[]): Promise<void> {
    const terminal = integer('terminal', id, 1, Number.MAX_SAFE_INTEGER);
    if (method === 'openTerminal') return this.connect(terminal, params);
    const opened = this.open.get(terminal);
    if (opened === undefined) throw usage(`terminal ${terminal} is not open`);
    switch (method) {
      case 'writeTerminal':
        return opened.write(base64(params[0]));
      case 'resizeTerminal':
        return opened.resize(terminalSize(params[0]));
      case 'closeTerminal':
        this.open.delete(terminal);
        this.skipped.delete(terminal);
        return opened.close();
    }
  }

  /** The client has read what was queued for it. */
  catchUp(): void {
    for (const [terminal, bytes] of this.skipped) {
      if (this.options.isBehind()) return;
      this.skipped.delete(terminal);
      this.options.send({ terminal, said: { type: 'skipped', bytes } });
    }
  }

  close(): void {
    this.isClosed = true;
    for (const opened of this.open.values()) opened.close();
    this.open.clear();
  }

  private async connect(terminal: number, [service, size]: readonly unknown[]): Promise<void> {
    if (this.open.has(terminal)) throw usage(`terminal ${terminal} is open already`);
    if (this.open.size >= MAX_OPEN) throw usage(`more than ${MAX_OPEN} terminals are open`);
    const opened = await this.options.session.openTerminal(serviceName(service), terminalSize(size), (event) =>
      this.pass(terminal, event),
    );
    if (this.isClosed) opened.close();
    else this.open.set(terminal, opened);
  }

  private pass(terminal: number, event: TerminalEvent): void {
    if (event.type === 'output' && (this.skipped.has(terminal) || this.options.isBehind())) {
      this.skipped.set(terminal, (this.skipped.get(terminal) ?? 0) + event.bytes.length);
    } else {
      this.options.send({ terminal, said: toWire(event) });
    }
  }
}

function toWire(event: TerminalEvent): WireTerminalEvent {
  return event.type === 'output' ? { type: 'output', base64: Buffer.from(event.bytes).toString('base64') } : event;
}

function base64(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw usage('what is typed must be text in base64');
  return Buffer.from(value, 'base64');
}
