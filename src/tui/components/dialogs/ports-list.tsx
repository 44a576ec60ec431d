import type { ServiceView } from '../../../core/session/snapshot.ts';
import { hostPort } from '../../../format/address.ts';
import { isRunning, listenersInWords } from '../../../format/run-body.ts';
import { statusLabel } from '../../../format/status-label.ts';
import { displayWidth, fit } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { firstVisible } from '../../state/layout.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const PORT_WIDTH = 6;

/** Every port of the project: the wanted port, the port in use, and the processes that listen, with their addresses. */
export function PortsList({ area }: { readonly area: Rectangle }) {
  const services = useScreen((state) => state.services);
  const selected = useScreen((state) => state.selected);
  const withPorts = services.filter((service) => service.wantedPort !== null || service.listening.length > 0);
  const nameWidth = Math.max(7, ...withPorts.map((service) => displayWidth(service.name)));
  const visible = Math.max(1, area.rows - 2);
  const place = withPorts.findIndex((service) => service.name === selected);
  const from = firstVisible(withPorts.length, visible, place);
  const hidden = withPorts.length - visible;
  const aside = hidden > 0 ? `${from + 1}–${from + visible} of ${withPorts.length}` : '';
  return (
    <Panel area={area} title="ports" aside={aside} isFocused>
      {withPorts.length === 0 ? (
        <Line>{'  No service of this project has a port.'}</Line>
      ) : (
        <Line>
          <Tone tone="muted">
            {`   ${fit('SERVICE', nameWidth)}  ${fit('WANTED', PORT_WIDTH)}  ${fit('IN USE', PORT_WIDTH)}  LISTENS ON`}
          </Tone>
        </Line>
      )}
      {withPorts.slice(from, from + visible).map((service) => (
        <PortRow key={service.name} service={service} isSelected={service.name === selected} nameWidth={nameWidth} />
      ))}
    </Panel>
  );
}

interface PortRowProps {
  readonly service: ServiceView;
  readonly isSelected: boolean;
  readonly nameWidth: number;
}

function PortRow({ service, isSelected, nameWidth }: PortRowProps) {
  const { glyph, tone } = statusLabel(service.state);
  const { secondListener } = service;
  return (
    <Line>
      {' '}
      <Tone tone={tone}>{glyph}</Tone>
      <Cell width={nameWidth} before={1} isStrong={isSelected}>
        {service.name}
      </Cell>
      <Cell width={PORT_WIDTH} before={2}>
        {portWord(service.wantedPort)}
      </Cell>
      <Cell width={PORT_WIDTH} before={2}>
        {portWord(service.port)}
      </Cell>
      {'  '}
      <Tone tone="muted">{listeningText(service)}</Tone>
      {secondListener !== null && <Tone tone="warn">{` ▲ ${strangerText(secondListener)}`}</Tone>}
    </Line>
  );
}

function portWord(port: number | null): string {
  return port === null ? '' : String(port);
}

function listeningText(service: ServiceView): string {
  if (service.listening.length === 0) return isRunning(service) ? 'nothing yet' : 'not running';
  return listenersInWords(service);
}

function strangerText({ address, port, pid }: NonNullable<ServiceView['secondListener']>): string {
  const who = pid === null ? 'a hidden process' : `pid ${pid}`;
  return `${hostPort(address, port)} is another program’s (${who})`;
}
