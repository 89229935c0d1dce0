// The packages in build/peers/node/, where bench/peers/install puts them: Node looks beside the script only.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const installed = fileURLToPath(new URL('../../../build/peers/node/', import.meta.url));

// A package, by name.
export const load = createRequire(path.join(installed, 'package.json'));
