// The packages in build/engines/, where tests/engines/install puts them: Node looks beside the script only.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const installed = process.env.TINTYPE_ENGINES;

// A CommonJS package, by name.
export const load = createRequire(path.join(installed, 'package.json'));

// A file of a package that is an ES module only.
export const loadModule = file => import(pathToFileURL(path.join(installed, 'node_modules', file)).href);
