// dynalite on loopback, whose tables are there as soon as they are created.
//   node dynalite.mjs PORT
import { load } from './packages.mjs';

const atOnce = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
load('dynalite')(atOnce).listen(Number(process.argv[2]), '127.0.0.1');
