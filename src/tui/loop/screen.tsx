import { Box } from 'ink';
import type { Rectangle } from '../paint/compositor.ts';
import { selectPalette } from '../keymap/palette.ts';
import {
  selectConfigNews,
  selectFailedChecks,
  selectConflict,
  selectConflicts,
  selectDetail,
  selectDetailForm,
  selectDetailTop,
  selectDialogChoices,
  selectKillTargets,
  selectLayout,
  selectMode,
  selectNames,
  selectStillRunning,
} from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';
import { ChecksBanner } from '../components/checks-banner.tsx';
import { ConfigBanner } from '../components/config-banner.tsx';
import { ConflictDialog } from '../components/dialogs/conflict-dialog.tsx';
import { Detail } from '../components/detail/detail.tsx';
import { Footer } from '../components/footer.tsx';
import { Header } from '../components/header.tsx';
import { Help } from '../components/dialogs/help.tsx';
import { Palette } from '../components/dialogs/palette.tsx';
import { PortsList } from '../components/dialogs/ports-list.tsx';
import { ServiceTable } from '../components/service-table.tsx';
import { Stopping } from '../components/dialogs/stopping.tsx';
import { TooSmall } from '../components/too-small.tsx';
import { Usage } from '../components/detail/usage.tsx';

export interface ScreenProps {
  readonly state: ScreenState;
  readonly theme: Theme;
  /** Rows above the footer that are left out, because nothing of the chrome is in them. */
  readonly skippedRows: number;
}

/** The whole chrome for a state. Where the logs stand it is blank: they are not drawn by Ink. */
export function Screen({ state, theme, skippedRows }: ScreenProps) {
  const { size, nowMs, selected } = state;
  const layout = selectLayout(state);
  if (layout === undefined) {
    const status = state.leaving === 'no' ? 'The services go on. q quits.' : 'Stopping all services …';
    return (
      <Box width={size.columns} height={size.rows}>
        <TooSmall size={size} theme={theme} status={status} />
      </Box>
    );
  }
  const mode = selectMode(state);
  const news = selectConfigNews(state);
  const footer = { ...layout.footer, row: layout.footer.row - skippedRows };
  return (
    <Box width={size.columns} height={size.rows - skippedRows}>
      <Header
        area={layout.header}
        theme={theme}
        projectName={state.projectName}
        session={state.session}
        services={state.services}
        nowMs={nowMs}
      />
      {layout.banner && news && <ConfigBanner area={layout.banner} theme={theme} news={news} />}
      {layout.banner && !news && <ChecksBanner area={layout.banner} theme={theme} failed={selectFailedChecks(state)} />}
      {layout.table && (
        <ServiceTable
          area={layout.table}
          theme={theme}
          services={state.services}
          names={selectNames(state)}
          selected={selected}
          isFocused={mode === 'services'}
          cpuHistory={state.cpuHistory}
          nowMs={nowMs}
        />
      )}
      {layout.detail && (
        <Detail
          area={layout.detail}
          theme={theme}
          subject={selectDetail(state)}
          form={selectDetailForm(state) === 'full' ? 'full' : 'strip'}
          top={selectDetailTop(state)}
          isFocused={mode === 'detail'}
        />
      )}
      {layout.usage && <Usage area={layout.usage} theme={theme} usage={state.usage} />}
      {layout.panel && <Panel state={state} theme={theme} area={layout.panel} />}
      <Footer area={footer} theme={theme} state={state} />
    </Box>
  );
}

function Panel({
  state,
  theme,
  area,
}: {
  readonly state: ScreenState;
  readonly theme: Theme;
  readonly area: Rectangle;
}) {
  const { nowMs } = state;
  if (state.leaving === 'stopping' || state.leaving === 'forcing') {
    const isForced = state.leaving === 'forcing';
    return (
      <Stopping area={area} theme={theme} services={selectStillRunning(state)} isForced={isForced} nowMs={nowMs} />
    );
  }
  const { input } = state;
  if (input?.purpose === 'palette') {
    return <Palette area={area} theme={theme} items={selectPalette(state)} cursor={input.cursor} />;
  }
  if (state.panel === 'help') return <Help area={area} theme={theme} remaps={state.remaps} page={state.helpPage} />;
  const open = selectConflict(state);
  if (open) {
    return (
      <ConflictDialog
        area={area}
        theme={theme}
        open={open}
        all={selectConflicts(state)}
        choices={selectDialogChoices(state)}
        desk={state.desk}
        portText={input?.purpose === 'port' ? input.text : undefined}
        targets={selectKillTargets(state)}
        remaps={state.remaps}
        nowMs={nowMs}
      />
    );
  }
  if (state.panel === 'usage') return <Usage area={area} theme={theme} usage={state.usage} isFocused />;
  return <PortsList area={area} theme={theme} services={state.services} selected={state.selected} />;
}
