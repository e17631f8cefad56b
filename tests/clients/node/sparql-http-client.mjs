// A request by sparql-http-client: {"form": …, "endpoint": …, "operation": "get" | "postUrlencoded" | "postDirect", "query": …}
// for queries and updates, {"form": "fetch" | "put" | "post", "store": …, "graph": …, "triples": […]} for a graph store.
import { Readable } from 'node:stream';
import Client from 'sparql-http-client';
import { row, say, task, triple } from './said.mjs';

const client = new Client({ endpointUrl: task.endpoint, updateUrl: task.endpoint, storeUrl: task.store });
const { factory } = client;
const options = { operation: task.operation, headers: task.headers };
const graph = task.graph ? factory.namedNode(task.graph) : factory.defaultGraph();

/** An RDF/JS term of one in SPARQL's JSON. */
function parsed({ type, value, 'xml:lang': language, datatype }) {
  return type === 'uri' ? factory.namedNode(value) : factory.literal(value, language ?? factory.namedNode(datatype));
}

/** The task's triples as a stream of quads. */
function quads() {
  return Readable.from(task.triples.map((terms) => factory.quad(...terms.map(parsed), graph)));
}

/** What a stream gives, each made into something that can be said. */
async function all(stream, made) {
  const found = [];
  for await (const one of stream) {
    found.push(made(one));
  }
  return found;
}

const forms = {
  select: () => all(client.query.select(task.query, options), (bindings) => row(Object.entries(bindings))),
  construct: () => all(client.query.construct(task.query, options), triple),
  ask: () => client.query.ask(task.query, options),
  update: () => client.query.update(task.query, options),
  fetch: () => all(client.store.get(graph), triple),
  put: () => client.store.put(quads(), { graph }),
  post: () => client.store.post(quads(), { graph }),
};

say((await forms[task.form]()) ?? null);
