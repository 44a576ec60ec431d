// Talks to the backend. Its address is VITE_API_URL, which .project.config fills with ${backend.url}:
// when the backend moves to another port, this page is told by a restart of Vite.

export const API_URL = import.meta.env['VITE_API_URL'] ?? 'http://127.0.0.1:8000';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly emoji: string;
  readonly priceCents: number;
  readonly stock: number;
}

export interface Order {
  readonly id: number;
  readonly product: string;
  readonly quantity: number;
  readonly totalCents: number;
}

export interface Health {
  readonly status: string;
  readonly components: Readonly<Record<string, { readonly status: string; readonly message: string }>>;
}

export async function getProducts(): Promise<Product[]> {
  return request<Product[]>('/api/products');
}

export async function getOrders(): Promise<Order[]> {
  return request<Order[]>('/api/orders');
}

export async function placeOrder(productId: number): Promise<Order> {
  return request<Order>('/api/orders', { productId, quantity: 1 });
}

export async function restock(): Promise<void> {
  await request('/api/restock', {});
}

/** The report is just as welcome when it comes with status 503. */
export async function getHealth(): Promise<Health> {
  const response = await fetch(`${API_URL}/health`);
  return (await response.json()) as Health;
}

/** A GET, or a POST when there is something to send. Throws with the backend's own words. */
async function request<Answer>(path: string, body?: object): Promise<Answer> {
  const response = await fetch(API_URL + path, body && post(body));
  const answer = (await response.json()) as Answer & { readonly error?: string };
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

function post(body: object): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
