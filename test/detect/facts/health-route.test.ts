import { expect, it } from 'vitest';
import { healthRoute } from '../../../src/detect/facts/health-route.ts';

function routeIn(files: Readonly<Record<string, string>>): string | undefined {
  return healthRoute(Object.entries(files).map(([path, text]) => ({ path, text })));
}

const FASTAPI_HEALTH = 'router = APIRouter(prefix="/status")\n@router.get("/health")\ndef health(): ...';

it.each<[string, Readonly<Record<string, string>>, string]>([
  ['an app itself', { 'main.py': 'app = FastAPI()\n@app.get("/healthz")\ndef f(): ...' }, '/healthz'],
  [
    'a router with a prefix of its own and of where it is included',
    {
      'app/main.py': 'from app.api.health import router\napp = FastAPI()\napp.include_router(router, prefix="/api/v1")',
      'app/api/health.py': FASTAPI_HEALTH,
    },
    '/api/v1/status/health',
  ],
  [
    'a router under another name, in a router, below a prefix that settings hold',
    {
      'app/main.py':
        'from app.api import api_router\napp = FastAPI()\napp.include_router(api_router, prefix=settings.API_V1_STR)',
      'app/api/__init__.py':
        'from app.api.health import router as health_router\napi_router = APIRouter()\napi_router.include_router(health_router)',
      'app/api/health.py': FASTAPI_HEALTH,
      'app/config.py': 'class Settings:\n    API_V1_STR: str = "/api/v1"',
    },
    '/api/v1/status/health',
  ],
  [
    'a module with a router',
    {
      'main.py':
        'from routes import health, users\napp = FastAPI()\napp.include_router(health.router)\napp.include_router(users.router)',
      'routes/health.py': 'router = APIRouter()\n@router.get("/health")\ndef f(): ...',
    },
    '/health',
  ],
  [
    'a blueprint of Flask',
    {
      'app.py': 'from health import bp\napp = Flask(__name__)\napp.register_blueprint(bp)',
      'health.py': 'bp = Blueprint("health", __name__, url_prefix="/api")\n@bp.route("/health")\ndef f(): ...',
    },
    '/api/health',
  ],
  [
    'a router of Express',
    {
      'src/index.ts': "import api from './routes/api.js';\nconst app = express();\napp.use('/api', cors(), api);",
      'src/routes/api.ts': "const router = Router();\nrouter.get('/health', f);\nexport default router;",
    },
    '/api/health',
  ],
  [
    'a router of Express by require',
    {
      'server.js': "const app = express();\napp.use('/v1', require('./routes/health'));",
      'routes/health.js':
        "const router = require('express').Router();\nrouter.get('/health', f);\nmodule.exports = router;",
    },
    '/v1/health',
  ],
  [
    'a plugin of Fastify',
    {
      'server.ts':
        "import routes from './routes';\nconst fastify = Fastify();\nfastify.register(routes, { prefix: '/api' });",
      'routes.ts': "export default async function (fastify) {\n  fastify.get('/health', f);\n}",
    },
    '/api/health',
  ],
  [
    'an app of Hono below another',
    {
      'index.ts': "import api from './api';\nconst app = new Hono();\napp.route('/api', api);",
      'api.ts': "const app = new Hono();\napp.get('/health', f);\nexport default app;",
    },
    '/api/health',
  ],
  [
    'a controller of NestJS',
    {
      'main.ts': "app.setGlobalPrefix('api');",
      'health.controller.ts': "@Controller('health')\nexport class H {\n  @Get()\n  check() {}\n}",
    },
    '/api/health',
  ],
  ['a group of gin', { 'main.go': 'r := gin.Default()\napi := r.Group("/api")\napi.GET("/health", f)' }, '/api/health'],
  [
    'a block of chi',
    { 'main.go': 'r := chi.NewRouter()\nr.Route("/api", func(r chi.Router) {\n  r.Get("/healthz", f)\n})' },
    '/api/healthz',
  ],
  ['a mux of Go', { 'main.go': 'mux := http.NewServeMux()\nmux.HandleFunc("GET /healthz", f)' }, '/healthz'],
  ['axum', { 'main.rs': 'let app = Router::new().route("/health", get(f));' }, '/health'],
  ['a server by hand', { 's.mjs': "if (request.url === '/healthz') return" }, '/healthz'],
])('finds the route of %s', (_what, files, path) => {
  expect(routeIn(files)).toBe(path);
});

it.each<[string, Readonly<Record<string, string>>]>([
  ['a router that nothing mounts', { 'a.py': 'router = APIRouter()\n@router.get("/health")\ndef f(): ...' }],
  [
    'a router that is mounted twice',
    {
      'a.ts': "import r from './r';\nconst app = express();\napp.use('/a', r);\napp.use('/b', r);",
      'r.ts': "const r = Router();\nr.get('/health', f);\nexport default r;",
    },
  ],
  [
    'a prefix that is computed',
    {
      'main.py': 'from h import router\napp = FastAPI()\napp.include_router(router, prefix=settings.PREFIX)',
      'h.py': 'router = APIRouter()\n@router.get("/health")\ndef f(): ...',
    },
  ],
  ['a nest of axum', { 'main.rs': 'Router::new().nest("/api", Router::new().route("/health", get(f)))' }],
  ['a test', { 'x.ts': "client.get('/health')" }],
])('takes none from %s', (_what, files) => {
  expect(routeIn(files)).toBeUndefined();
});
