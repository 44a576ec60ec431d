// `i` and `attach` on a container: its own terminal if it has one, else a shell inside. Each viewer has one
// connection, which is made again for a new container.

import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ServiceTerminal, TerminalEvent, TerminalSize } from '../../core/session/session.ts';
import { messageOf } from '../../errors.ts';
import type { ContainerTerminal } from '../../system/container-engine.ts';
import type { LiveContainer } from './live-container.ts';

/** The best shell that the image has. */
const SHELL = ['sh', '-c', 'exec "$(command -v bash || command -v sh)"'];

export interface TerminalViewer {
  readonly size: TerminalSize;
  readonly listener: (event: TerminalEvent) => void;
}

interface Viewer extends TerminalViewer {
  readonly service: ServiceName;
  readonly hasTerminal: boolean;
  size: TerminalSize;
  terminal: ContainerTerminal | undefined;
  /** Input typed while the connection opens; undefined at all other times. */
  early: Uint8Array[] | undefined;
  isClosed: boolean;
}

export class ContainerTerminals {
  readonly #lastLines: (service: ServiceName, count: number) => readonly string[];
  readonly #viewers = new Set<Viewer>();

  /** @param lastLines cleaned, oldest first */
  constructor(lastLines: (service: ServiceName, count: number) => readonly string[]) {
    this.#lastLines = lastLines;
  }

  open(
    { name: service, tty: hasTerminal }: ServiceSpec,
    container: LiveContainer | undefined,
    { size, listener }: TerminalViewer,
  ): ServiceTerminal {
    const viewer: Viewer = {
      service,
      hasTerminal,
      listener,
      size,
      terminal: undefined,
      early: undefined,
      isClosed: false,
    };
    const lines = hasTerminal ? this.#lastLines(service, Math.max(1, size.rows - 2)) : [];
    const isRunning = container?.hasExited === false;
    listener({ type: 'opened', screen: lines.join('\r\n'), isRunning });
    this.#viewers.add(viewer);
    if (isRunning) void this.#connect(viewer, container);
    return {
      write: (bytes) => {
        viewer.early?.push(bytes);
        viewer.terminal?.write(bytes);
      },
      resize: (next) => {
        viewer.size = next;
        viewer.terminal?.resize(next);
      },
      close: () => {
        this.#viewers.delete(viewer);
        viewer.isClosed = true;
        viewer.terminal?.close();
      },
    };
  }

  /** The service has a new container. */
  began(container: LiveContainer): void {
    for (const viewer of this.#viewers) {
      if (viewer.service !== container.service) continue;
      viewer.listener({ type: 'runBegan' });
      void this.#connect(viewer, container);
    }
  }

  ended(service: ServiceName): void {
    for (const viewer of this.#viewers) if (viewer.service === service) viewer.listener({ type: 'runEnded' });
  }

  async #connect(viewer: Viewer, container: LiveContainer): Promise<void> {
    const { engine, facts } = container;
    const say = (text: string): void => {
      if (!viewer.isClosed) viewer.listener({ type: 'output', bytes: Buffer.from(`\r\n── ${text} ──\r\n`) });
    };
    if (!viewer.hasTerminal) say(`a shell inside ${facts.name}, for it has no terminal of its own`);
    viewer.early = [];
    try {
      viewer.terminal = await engine.openTerminal(facts.id, {
        argv: viewer.hasTerminal ? undefined : SHELL,
        size: viewer.size,
        onBytes: (bytes) => viewer.listener({ type: 'output', bytes }),
        onEnd: () => {
          viewer.terminal = undefined;
          if (!viewer.hasTerminal && !container.hasExited) say('the shell has ended · Ctrl-] to return');
        },
      });
      for (const bytes of viewer.early ?? []) viewer.terminal.write(bytes);
      if (viewer.isClosed) viewer.terminal.close();
    } catch (error) {
      say(messageOf(error));
    } finally {
      viewer.early = undefined;
    }
  }
}
