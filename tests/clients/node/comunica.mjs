// A query by Comunica over the task's sources: {"form": "select" | "ask" | "construct" | "update", "query": …, "sources": […]}.
import { QueryEngine } from '@comunica/query-sparql';
import { DataFactory } from 'rdf-data-factory';
import { row, say, task, triple } from './said.mjs';

// What Comunica finds odd in an endpoint it tells its log and goes on; the test looks at what is on stderr.
const complain = (message, data) => console.error(message, data ?? '');
const quiet = () => {};
const log = { trace: quiet, debug: quiet, info: quiet, warn: complain, error: complain, fatal: complain };

const engine = new QueryEngine();
// Its parsers of results hand over a language together with a direction, which its own maker of terms does not know: every language tag would be lost.
const dataFactory = new DataFactory();
const context = { sources: task.sources, destination: task.destination, dataFactory, log };

const forms = {
  async select() {
    const rows = await (await engine.queryBindings(task.query, context)).toArray();
    return rows.map((bindings) => row([...bindings].map(([variable, value]) => [variable.value, value])));
  },
  async ask() {
    return engine.queryBoolean(task.query, context);
  },
  async construct() {
    return (await (await engine.queryQuads(task.query, context)).toArray()).map(triple);
  },
  async update() {
    await engine.queryVoid(task.query, context);
    return null;
  },
};

say(await forms[task.form]());
