// Whether a service has a page to open: it is shown as http://localhost:5173, or as an address alone.

import { commandText, type ServiceSpec } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Listening } from '../session/snapshot.ts';

/** Where databases, brokers and mail servers listen: SMTP, MSSQL, MySQL, PostgreSQL, AMQP, NATS, Redis, Kafka, memcached, MongoDB. */
const OTHER_PORTS = new Set([25, 587, 1025, 1433, 3306, 4222, 5432, 5672, 6379, 9092, 11211, 27017]);

/** As far as its probe tells, else as its port is used by most. */
export function speaksHttp({ spec, port }: Pick<Service, 'spec' | 'port'>, listening: readonly Listening[]): boolean {
  const own = listening.filter((each) => each.port === port);
  if (own.length > 0 && own.every(({ protocol }) => protocol === 'udp')) return false;
  return probesHttp(spec) ?? !OTHER_PORTS.has(spec.port?.inside ?? spec.port?.wanted ?? 0);
}

/** Undefined when the probe does not show it. A probe of only the port means that there is no page to get. */
function probesHttp({ health, ready }: ServiceSpec): boolean | undefined {
  const check = (health ?? ready)?.check;
  switch (check?.kind) {
    case 'http':
      return true;
    case 'tcp':
      return false;
    case 'command':
      return /\b(?:curl|wget|https?)\b/.test(commandText(check.command));
    default:
      return undefined;
  }
}
