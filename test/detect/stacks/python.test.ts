import { expect, it } from 'vitest';
import { proposed } from '../proposed.ts';

it.each([
  ['app.run(port=5050)', 'Flask', 5050],
  ["app.run(host='0.0.0.0', port=int(os.environ.get('PORT', 5051)))", 'Flask', 5051],
  ['uvicorn.run(\n    "main:app",\n    port=9000,\n    reload=True,\n)', 'FastAPI', 9000],
  ['pass', 'FastAPI', 8000],
])('the port of a program that ends in "%s" is the one it takes by itself', (run, framework, port) => {
  const { service, command } = proposed({
    'main.py': `app = ${framework}(__name__)\nif __name__ == "__main__":\n    ${run}\n`,
    'requirements.txt': '',
  });
  expect(service('backend').port?.wanted).toBe(port);
  expect(command('backend')).toContain('--port $PORT');
});

it('an app that another file makes with the factory is preferred to the factory', () => {
  const { command } = proposed({
    'app/__init__.py': 'def create_app(config):\n    app = Flask(__name__)\n    return app\n',
    'wsgi.py': "from app import create_app\napplication = create_app('development')\n",
    'requirements.txt': '',
  });
  expect(command('backend')).toBe('flask --app wsgi:application --debug run --port $PORT');
});
