// What the scripts here share: their task comes as JSON on stdin, their answer goes as JSON to stdout.
// An error that a client raises is caught nowhere: it ends the script with an exit code other than 0.
import { readFileSync } from 'node:fs';

export const task = JSON.parse(readFileSync(0, 'utf8'));

/** Gives the answer to whoever started the script. */
export function say(answer) {
  process.stdout.write(JSON.stringify(answer));
}

/** An RDF/JS term as SPARQL's JSON results write it. */
export function term({ termType, value, language, datatype }) {
  switch (termType) {
    case 'NamedNode':
      return { type: 'uri', value };
    case 'BlankNode':
      return { type: 'bnode', value };
    case 'Literal':
      return { type: 'literal', value, ...(language ? { 'xml:lang': language } : { datatype: datatype.value }) };
    default:
      throw new Error(`a ${termType} is no term of an answer`);
  }
}

/** A row, given as pairs of a variable's name and a term. */
export function row(pairs) {
  return Object.fromEntries([...pairs].map(([name, value]) => [name, term(value)]));
}

/** The triple of a quad, as three terms. */
export function triple({ subject, predicate, object }) {
  return [subject, predicate, object].map(term);
}
