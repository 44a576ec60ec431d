// Ink as a renderer of rows: a state goes in, the rows of each part of the chrome come out. Each part is a root of its
// own, because Ink lays out and paints a whole root for any change in it. So a key that changes the footer costs only
// the footer. Ink writes to our own streams and reads nothing: it never touches the terminal, keys, modes or signals.

import { EventEmitter } from 'node:events';
import chalk from 'chalk';
import { Box, render, type Instance } from 'ink';
import type { ReactNode } from 'react';
import { Stage } from '../components/kit/stage.tsx';
import { createScreenStore, type ScreenStore } from '../state/store.ts';
import type { ScreenState } from '../state/state.ts';
import type { PaneRows, Rectangle, Size } from '../paint/compositor.ts';
import type { Theme } from '../paint/theme.ts';
import { PARTS, partAreas, type Part, type PartName } from './parts.ts';

export interface Chrome {
  /** @throws the error of a component; the chrome is unusable then */
  draw(state: ScreenState): readonly PaneRows[];
  /** The theme has changed: everything is drawn again with the next state. */
  retheme(): void;
  close(): void;
}

/** What Ink needs of a stream. In debug mode it writes one whole frame at a time, immediately. */
class FrameStream extends EventEmitter {
  columns = 1;
  rows = 1;
  readonly isTTY = false;
  readonly writable = true;
  lines: readonly string[] = [];

  write(text: string): boolean {
    this.lines = text.split('\n');
    return true;
  }
}

/** A tree of components with its own layout and paint. */
class Root {
  readonly stream = new FrameStream();
  private readonly instance: Instance;

  constructor(onCrash: (error: unknown) => void) {
    this.instance = render(undefined, {
      stdout: this.stream as unknown as NodeJS.WriteStream,
      stderr: this.stream as unknown as NodeJS.WriteStream,
      stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      // With CI set, Ink would draw nothing until the end.
      interactive: true,
    });
    // Ink reports a crashed component by exiting.
    this.instance.waitUntilExit().catch(onCrash);
  }

  /** React then also does all other pending work, in every root. */
  show(tree: ReactNode, size: Size): void {
    this.stream.columns = size.columns;
    this.stream.rows = size.rows;
    this.instance.rerender(tree);
  }

  close(): void {
    this.instance.unmount();
    this.instance.cleanup();
  }
}

/** One part in its place, or hidden. */
class PartView {
  private readonly root: Root;
  private readonly Content: Part;
  private shown: { readonly theme: Theme; readonly size: Size } | undefined;

  constructor(Content: Part, onCrash: (error: unknown) => void) {
    this.root = new Root(onCrash);
    this.Content = Content;
  }

  get rows(): readonly string[] {
    return this.root.stream.lines;
  }

  hide(): void {
    if (this.shown !== undefined) this.root.show(undefined, this.shown.size);
    this.shown = undefined;
  }

  /** Its components follow the store by themselves. */
  show({ columns, rows }: Size, theme: Theme, store: ScreenStore): void {
    const { shown, Content } = this;
    if (shown?.theme === theme && shown.size.columns === columns && shown.size.rows === rows) return;
    this.shown = { theme, size: { columns, rows } };
    const tree = (
      <Stage store={store} theme={theme}>
        <Box width={columns} height={rows}>
          <Content area={{ column: 0, row: 0, columns, rows }} />
        </Box>
      </Stage>
    );
    this.root.show(tree, { columns, rows });
  }

  close(): void {
    this.root.close();
  }
}

export function createChrome(options: { readonly theme: Theme; readonly state: ScreenState }): Chrome {
  let { theme } = options;
  // The theme decides which colours exist.
  chalk.level = 3;
  const store = createScreenStore(options.state);
  const views = new Map<PartName, PartView>();
  let failure: { readonly error: unknown } | undefined;
  const onCrash = (error: unknown): void => {
    failure = { error };
  };
  /** Empty: it makes React draw exactly what the store has changed. */
  const pulse = new Root(onCrash);

  function viewOf(name: PartName): PartView {
    const view = views.get(name) ?? new PartView(PARTS[name], onCrash);
    views.set(name, view);
    return view;
  }

  return {
    draw(state) {
      if (failure) throw failure.error;
      const areas = partAreas(state);
      for (const [name, view] of views) if (areas[name] === undefined) view.hide();
      store.set(state);
      const placed = Object.entries(areas) as [PartName, Rectangle][];
      for (const [name, area] of placed) viewOf(name).show(area, theme, store);
      pulse.show(undefined, { columns: 1, rows: 1 });
      return placed.map(([name, area]) => ({ area, rows: viewOf(name).rows }));
    },
    retheme() {
      // A new object for the same theme, so that its users read it again.
      theme = { ...theme };
    },
    close() {
      for (const view of views.values()) view.close();
      pulse.close();
    },
  };
}
