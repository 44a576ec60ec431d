import { Box, Text } from 'ink';
import type { ReactNode } from 'react';

/** One row of text: spans and cells, one after the other. */
export function Line({ children }: { readonly children: ReactNode }) {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate-end">{children}</Text>
    </Box>
  );
}
