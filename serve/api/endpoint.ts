/**
 * One endpoint of the API as a value: its paths, what it takes, what it answers. Routes, the OpenAPI document, `verify` and the tests are all made
 * from it, so they cannot differ.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Client } from './client.ts';
import type { Principal } from './principal.ts';
import './provenance.ts';

/** What a call costs its client: `none` where something else counts it. */
export type LimitClass = 'read' | 'write' | 'stream' | 'none';

export type Words = z.ZodObject;

export interface Given<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  readonly client: Client;
  /** The request itself; headers are read here, answers are not written here. */
  readonly c: Context;
}

/** Rows as a table, for CSV, lines of JSON and Arrow. Values are JavaScript's, or the text that PostgreSQL writes for the type of the column. */
export interface RowTable {
  /** Base of a file name. */
  readonly name: string;
  readonly columns: readonly RowColumn[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface RowColumn {
  readonly name: string;
  /** PostgreSQL's name of the type: `timestamptz`, `date`, `float8`, `numeric`, `int4`, `int8`, `bool`, `uuid`, `jsonb`, `text[]`; anything else is text. */
  readonly type: string;
}

/** A body that is JSON text already, as pages of many rows are made. It has the shape that the endpoint says, which tests look at. */
export class MadeJson {
  readonly text: string;
  readonly provenance: unknown;
  constructor(text: string, provenance: unknown) {
    this.text = text;
    this.provenance = provenance;
  }
}

export interface Reply<Body> {
  /** Default 200. */
  readonly status?: number;
  readonly body: Body | MadeJson;
  /** False: this answer is of now, though the others of its endpoint may be kept. */
  readonly keep?: false;
  /** Where it is there, `Accept: text/csv` and `application/vnd.apache.arrow.stream` are answered with it. */
  readonly rows?: RowTable;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointSpec<P extends Words, Q extends Words, B extends z.ZodType, A extends z.ZodType> {
  /** Class of the call in logs, metrics and limits: `api-v2-grid-status`. Several endpoints may share one. */
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes them: `/help/{id}`. The first is the one that documents name. */
  readonly paths: readonly string[];
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly limit: LimitClass;
  /** `service`: the key of the server. Default: nobody needs a key. */
  readonly needs?: 'service';
  readonly params?: P;
  readonly query?: Q;
  /** JSON. */
  readonly body?: B;
  /** Of status 200, JSON. It has `provenance`. */
  readonly answer: A;
  /** Other representations of status 200: media types. `text/csv` and Arrow where {@link Reply.rows} is given; others are answered by the handler itself. */
  readonly media?: readonly string[];
  /** Statuses beside those that every endpoint has, with when they come. The body is a problem document, with these members more. */
  readonly refusals?: Readonly<Record<number, { readonly when: string; readonly members?: z.ZodObject }>>;
  /** How long the answer may be kept here and by clients; a load into one of the tables (`public.ontario_hourly_demand`) ends it here at once. */
  readonly cache?: { readonly seconds: number; readonly tables: readonly string[] };
  /** Told of words (body, query) that could not be read, before they are refused: for endpoints that write every refusal down. Gives the error that is answered. */
  readonly refused?: (
    error: unknown,
    caller: { readonly principal: Principal; readonly client: Client },
  ) => Promise<unknown>;
  /** A `Response` is sent as it is: streams, downloads. @throws Fault, Problem */
  handle(given: Given<z.output<P>, z.output<Q>, z.output<B>>): Promise<Reply<z.input<A>> | Response>;
}

/** An endpoint whatever it takes: its handler is given what the schemas beside it have read. */
export type Endpoint = EndpointSpec<Words, Words, z.ZodType, z.ZodType>;

/** Infers the types of the handler from the schemas. */
export function endpoint<
  P extends Words = z.ZodObject<Record<never, never>>,
  Q extends Words = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodType,
>(spec: EndpointSpec<P, Q, B, A>): Endpoint {
  return spec;
}

/** Every path under which the front end tries a function: by itself, behind `/functions/v1`, and its twin under `/api`. */
export function everyPath(name: string, ...twins: readonly string[]): string[] {
  return [`/${name}`, `/functions/v1/${name}`, ...twins];
}
