import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { dependencyTree } from '../../../src/tui/state/dependency-tree.ts';
import { serviceView } from '../../fakes/fake-session.ts';

const shop = [
  serviceView({ name: 'db' }),
  serviceView({ name: 'cache' }),
  serviceView({ name: 'backend', dependsOn: ['cache', 'db'] }),
  serviceView({ name: 'worker', dependsOn: ['backend', 'cache'] }),
  serviceView({ name: 'frontend', dependsOn: ['backend'] }),
  serviceView({ name: 'docs' }),
];

const drawn = (folded: readonly string[] = []): readonly string[] =>
  dependencyTree(shop, folded).map(({ branch, service, others }) => {
    return `${branch}${service.name}${others.length === 0 ? '' : ` + ${others.join()}`}`;
  });

it('puts each service below the deepest that it waits for, and names the others', () => {
  expect(drawn()).toEqual(['db', 'cache', '└ backend + db', '  ├ worker + cache', '  └ frontend', 'docs']);
});

it('leaves out what lies below a folded service, and still knows it', () => {
  expect(drawn(['backend'])).toEqual(['db', 'cache', '└ backend + db', 'docs']);
  const [, , backend] = dependencyTree(shop, ['backend']);
  expect(backend?.below.map(({ name }) => name)).toEqual(['worker', 'frontend']);
});

it('shows every service once, whatever depends on what, also where the views do not fit each other', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { maxLength: 10 }), (needs) => {
      const services = needs.map((needed, index) =>
        serviceView({ name: `s${index}`, dependsOn: needed.map((other) => `s${other}`) }),
      );
      const names = dependencyTree(services, []).map(({ service }) => service.name);
      expect(names.toSorted()).toEqual(services.map(({ name }) => name).toSorted());
    }),
  );
});
