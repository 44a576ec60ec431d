// The page of the notebook: write a note down, strike one out, see where the backend is.
// VITE_API_URL comes from .project.config, which fills it with ${backend.url}.

interface Note {
  readonly id: number;
  readonly text: string;
}

const API_URL = import.meta.env['VITE_API_URL'] ?? 'http://127.0.0.1:8000';

async function call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
  const init = body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {};
  const response = await fetch(API_URL + path, { method, ...init });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error((answer as { detail: string }).detail);
  return answer;
}

async function showNotes(): Promise<void> {
  const notes = (await call('GET', '/api/notes')) as readonly Note[];
  element('notes').replaceChildren(...notes.map(noteLine));
}

async function showBackend(): Promise<void> {
  const { status } = (await call('GET', '/health')) as { readonly status: string };
  element('backend').textContent = `${API_URL} is ${status}`;
}

function noteLine(note: Note): HTMLLIElement {
  const line = document.createElement('li');
  const done = document.createElement('button');
  done.textContent = 'Strike out';
  done.addEventListener('click', () => void act(async () => call('DELETE', `/api/notes/${note.id}`)));
  line.append(note.text, ' ', done);
  return line;
}

async function act(work: () => Promise<unknown>): Promise<void> {
  const notice = element('notice');
  try {
    await work();
    notice.textContent = '';
    await Promise.all([showNotes(), showBackend()]);
  } catch (error) {
    notice.textContent = error instanceof Error ? error.message : String(error);
  }
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

element('new-note').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = element('text') as HTMLInputElement;
  void act(async () => {
    await call('POST', '/api/notes', { text: input.value });
    input.value = '';
  });
});
void act(async () => undefined);
