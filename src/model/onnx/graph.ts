import type { Attribute, Constant, GraphParts, Node, Value } from "./messages.js";

/** What a graph and the graphs inside it share: their constants, and the numbers in the names of values. */
interface Shared {
  readonly constants: Constant[];
  /** Names of those that are named by what they hold. */
  readonly once: Set<string>;
  values: number;
}

/** The name of a value of a graph. */
export type ValueName = string;

type Attributes = Readonly<Record<string, Attribute>>;

/** Nodes that give a value, put into a graph. */
export type Branch = (graph: GraphBuilder) => ValueName;

/** A graph that grows node by node. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #isInner: boolean;
  readonly #shared: Shared;

  /** @param outer the graph that this one is inside of: it has the constants. */
  constructor(outer?: GraphBuilder) {
    this.#isInner = outer !== undefined;
    this.#shared = outer ? outer.#shared : { constants: [], once: new Set(), values: 0 };
  }

  /** Applies an operator that has one output. */
  apply(op: string, inputs: readonly ValueName[], attributes: Attributes = {}, output = this.name(op)): ValueName {
    this.#nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  /** Applies an operator to the outputs that are named. */
  applyTo(op: string, inputs: readonly ValueName[], outputs: readonly ValueName[], attributes: Attributes): void {
    this.#nodes.push({ op, inputs, outputs, attributes });
  }

  /** A name that nothing has yet. */
  name(stem: string): ValueName {
    return `${stem}_${++this.#shared.values}`;
  }

  /** A tensor with a name of its own, float32 or int64, in C order. */
  tensor(name: string, values: Constant["values"], shape: readonly number[]): ValueName {
    this.#shared.constants.push({ name, values, shape });
    return name;
  }

  /** A scalar, float32; one constant for all that are equal. */
  number(value: number): ValueName {
    return this.#once(`number_${value}`, Float32Array.of(value), []);
  }

  /** int64 [values.length]; one constant for all that are equal. */
  integers(...values: readonly number[]): ValueName {
    return this.#once(`integers_${values.join("_")}`, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** One value or the other, each of a graph of its own, by a bool. */
  choose(condition: ValueName, then: Branch, otherwise: Branch): ValueName {
    const branch = (name: string, build: Branch) => {
      const graph = new GraphBuilder(this);
      const output = graph.apply("Identity", [build(graph)]);
      return graph.parts(name, [], [{ name: output, type: "float" }]);
    };
    return this.apply("If", [condition], {
      then_branch: branch("then", then),
      else_branch: branch("else", otherwise),
    });
  }

  parts(name: string, inputs: readonly Value[], outputs: readonly Value[]): GraphParts {
    return { name, nodes: this.#nodes, constants: this.#isInner ? [] : this.#shared.constants, inputs, outputs };
  }

  #once(name: string, values: Constant["values"], shape: readonly number[]): ValueName {
    if (this.#shared.once.has(name)) return name;
    this.#shared.once.add(name);
    return this.tensor(name, values, shape);
  }
}
