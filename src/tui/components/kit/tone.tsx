import { Text } from 'ink';
import type { ReactNode } from 'react';
import { fit } from '../../../format/text.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import { useTheme } from './stage.tsx';

export interface ToneProps {
  readonly tone?: ScreenTone;
  /** Bold, in any tone. */
  readonly isStrong?: boolean;
  readonly children: ReactNode;
}

/** Text in a tone of the theme. Without a parent text it is cut at its edge. */
export function Tone({ tone = 'plain', isStrong = false, children }: ToneProps) {
  return (
    <Text wrap="truncate-end" {...useTheme().look(tone)} {...(isStrong ? { bold: true, dimColor: false } : {})}>
      {children}
    </Text>
  );
}

/** Text in the service's colour, the same as its name has in the log of all services. */
export function Hue({ index, children }: { readonly index: number; readonly children: ReactNode }) {
  return (
    <Text wrap="truncate-end" {...useTheme().hue(index)}>
      {children}
    </Text>
  );
}

export interface CellProps extends Omit<ToneProps, 'children'> {
  /** In columns: shorter text is padded, longer text is cut. */
  readonly width: number;
  readonly align?: 'left' | 'right';
  /** Spaces before it. */
  readonly before?: number;
  readonly children: string;
}

/** A text of a fixed width in a line. */
export function Cell({ width, align = 'left', before = 0, children, ...tone }: CellProps) {
  return (
    <>
      {' '.repeat(before)}
      <Tone {...tone}>{fit(children, width, align)}</Tone>
    </>
  );
}
