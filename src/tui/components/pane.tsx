import { Box, Text } from 'ink';
import type { Rectangle } from '../paint/compositor.ts';

/** Rows of painted text in their place. Rows are as wide as the area or narrower; more rows than fit are left out. */
export function Pane({ area, rows }: { readonly area: Rectangle; readonly rows: readonly string[] }) {
  // Ink measures an empty row as no row.
  const text = rows
    .slice(0, area.rows)
    .map((row) => (row === '' ? ' ' : row))
    .join('\n');
  return (
    <Box position="absolute" top={area.row} left={area.column} width={area.columns} height={area.rows}>
      <Text wrap="truncate-end">{text}</Text>
    </Box>
  );
}
