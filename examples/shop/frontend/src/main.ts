// The whole page: products to buy, the last orders, and how the backend feels.

import { API_URL, getHealth, getOrders, getProducts, placeOrder, restock, type Product } from './api.ts';

const REFRESH_EVERY_MS = 5_000;

const notice = element('notice');

/** The backend may be away for a moment: what is on the page stays, and the header says so. */
async function refresh(): Promise<void> {
  await Promise.allSettled([showShop(), showHealth()]);
}

async function showShop(): Promise<void> {
  const [products, orders] = await Promise.all([getProducts(), getOrders()]);
  element('products').replaceChildren(...products.map(productCard));
  element('orders').replaceChildren(
    ...orders.map((order) => node('li', `${order.quantity} × ${order.product}, ${euros(order.totalCents)}`)),
  );
}

async function showHealth(): Promise<void> {
  const backend = element('backend');
  try {
    const { status, components } = await getHealth();
    backend.textContent = `${API_URL} is ${status}`;
    backend.dataset['status'] = status;
    const lines = Object.entries(components).map(([name, component]) => {
      const line = node('li', `${name}: ${component.message}`);
      line.dataset['status'] = component.status;
      return line;
    });
    element('health').replaceChildren(...lines);
  } catch {
    backend.textContent = `${API_URL} does not answer`;
    backend.dataset['status'] = 'down';
  }
}

function productCard(product: Product): HTMLElement {
  const card = node('article');
  const buy = node('button', product.stock > 0 ? 'Buy' : 'Sold out');
  buy.disabled = product.stock === 0;
  buy.addEventListener('click', () => void act(async () => placeOrder(product.id), `${product.name} is yours`));
  card.append(
    node('span', product.emoji),
    node('h3', product.name),
    node('p', `${euros(product.priceCents)} · ${product.stock} left`),
    buy,
  );
  return card;
}

/** Does what a button promises, says how it went, and shows the new facts. */
async function act(work: () => Promise<unknown>, success: string): Promise<void> {
  try {
    await work();
    notice.textContent = success;
    await refresh();
  } catch (error) {
    notice.textContent = error instanceof Error ? error.message : String(error);
  }
}

function euros(cents: number): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100);
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

function node<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text = ''): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  created.textContent = text;
  return created;
}

element('restock').addEventListener('click', () => void act(restock, 'The shelves are full again'));
setInterval(() => void refresh(), REFRESH_EVERY_MS);
void refresh();
