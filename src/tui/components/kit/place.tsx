import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Rectangle } from '../../paint/compositor.ts';

/** A column of lines in its rectangle of the screen. The rest is cut off. */
export function Place({ area, children }: { readonly area: Rectangle; readonly children: ReactNode }) {
  return (
    <Box
      position="absolute"
      top={area.row}
      left={area.column}
      width={area.columns}
      height={area.rows}
      flexDirection="column"
      overflow="hidden"
    >
      {children}
    </Box>
  );
}
