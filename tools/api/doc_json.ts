// What `deno doc --json` says of a package, as far as it is used here.

/** The version of the format that is read here: that of Deno 2.9. */
const VERSION = 2;

/** Where something is declared. */
export interface Location {
  readonly filename: string;
  readonly line: number;
  readonly col: number;
}

/** A name that a module exports, with its declarations: several for overloads, or a type and a value. */
export interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

export type Declaration =
  & { readonly location: Location; readonly declarationKind: string }
  & (
    | { readonly kind: "function"; readonly def: FunctionDef }
    | { readonly kind: "class"; readonly def: ClassDef }
    | { readonly kind: "interface"; readonly def: InterfaceDef }
    | { readonly kind: "typeAlias"; readonly def: TypeAliasDef }
    | { readonly kind: "variable"; readonly def: VariableDef }
    | { readonly kind: "enum"; readonly def: EnumDef }
    | { readonly kind: "namespace"; readonly def: { readonly elements: readonly DocSymbol[] } }
    // What is declared in a module that the answer has elsewhere.
    | { readonly kind: "reference"; readonly def: { readonly target: Location } }
  );

export interface FunctionDef {
  readonly params: readonly Param[];
  readonly returnType?: TsType;
  readonly typeParams?: readonly TypeParam[];
  readonly hasBody?: boolean;
}

export interface TypeAliasDef {
  readonly tsType: TsType;
  readonly typeParams?: readonly TypeParam[];
}

export interface VariableDef {
  readonly kind: "const" | "let" | "var";
  readonly tsType?: TsType;
}

export interface EnumDef {
  readonly members: readonly { readonly name: string; readonly init?: TsType }[];
}

export interface ClassDef {
  readonly isAbstract?: boolean;
  readonly typeParams?: readonly TypeParam[];
  readonly extends?: string;
  readonly superTypeParams?: readonly TsType[];
  readonly implements?: readonly TsType[];
  readonly constructors?: readonly ClassConstructor[];
  readonly properties?: readonly Property[];
  readonly methods?: readonly ClassMethod[];
  readonly indexSignatures?: readonly IndexSignature[];
}

/** What an interface and a type literal have. */
export interface Members {
  readonly constructors?: readonly FunctionDef[];
  readonly callSignatures?: readonly CallSignature[];
  readonly indexSignatures?: readonly IndexSignature[];
  readonly properties?: readonly Property[];
  readonly methods?: readonly (FunctionDef & MethodHead)[];
}

export interface InterfaceDef extends Members {
  readonly typeParams?: readonly TypeParam[];
  readonly extends?: readonly TsType[];
}

/** What is said of a member of a class beside its name and type. */
export interface Modifiers {
  readonly accessibility?: "public" | "protected" | "private";
  readonly isStatic?: boolean;
  readonly isAbstract?: boolean;
  readonly readonly?: boolean;
}

export interface ClassConstructor extends FunctionDef {
  readonly accessibility?: "public" | "protected" | "private";
}

export interface Property extends Modifiers {
  readonly name: string;
  readonly optional?: boolean;
  readonly tsType?: TsType;
}

export interface MethodHead {
  readonly name: string;
  readonly kind: "method" | "getter" | "setter";
  readonly optional?: boolean;
}

export interface ClassMethod extends MethodHead, Modifiers {
  readonly functionDef: FunctionDef;
}

export interface IndexSignature extends Modifiers {
  readonly params: readonly Param[];
  readonly tsType?: TsType;
}

export interface CallSignature {
  readonly params: readonly Param[];
  readonly tsType?: TsType;
  readonly typeParams?: readonly TypeParam[];
}

export interface TypeParam {
  readonly name: string;
  readonly constraint?: TsType;
  readonly default?: TsType;
}

export type Param =
  & {
    /** That of the property of the same name, in a constructor. */
    readonly accessibility?: "public" | "protected" | "private";
    readonly readonly?: boolean;
    readonly tsType?: TsType;
  }
  & (
    | Pattern
    | { readonly kind: "assign"; readonly left: Pattern; readonly right: string }
    | { readonly kind: "rest"; readonly arg: Pattern }
  );

/** A name, or what takes a value apart. */
export type Pattern =
  & { readonly optional: boolean; readonly tsType?: TsType }
  & (
    | { readonly kind: "identifier"; readonly name: string }
    | { readonly kind: "object" | "array" }
  );

export type Literal =
  | { readonly kind: "string"; readonly string: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "bigInt"; readonly string: string }
  | { readonly kind: "boolean"; readonly boolean: boolean }
  // The parts of a template, by turns text, as a string literal, and a type.
  | { readonly kind: "template"; readonly tsTypes: readonly TsType[] };

export type TsType =
  | { readonly kind: "keyword" | "typeQuery"; readonly value: string }
  | { readonly kind: "this" }
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "typeRef"; readonly value: TypeRef }
  | { readonly kind: "union" | "intersection" | "tuple"; readonly value: readonly TsType[] }
  | { readonly kind: "array" | "optional" | "rest" | "parenthesized"; readonly value: TsType }
  | {
    readonly kind: "typeOperator";
    readonly value: { readonly operator: string; readonly tsType: TsType };
  }
  | {
    readonly kind: "fnOrConstructor";
    readonly value: CallSignature & { readonly constructor: boolean };
  }
  | {
    readonly kind: "conditional";
    readonly value: {
      readonly checkType: TsType;
      readonly extendsType: TsType;
      readonly trueType: TsType;
      readonly falseType: TsType;
    };
  }
  | {
    readonly kind: "indexedAccess";
    readonly value: { readonly objType: TsType; readonly indexType: TsType };
  }
  | { readonly kind: "mapped"; readonly value: MappedType }
  | { readonly kind: "infer"; readonly value: { readonly typeParam: TypeParam } }
  | { readonly kind: "typeLiteral"; readonly value: Members }
  | { readonly kind: "typePredicate"; readonly value: TypePredicate }
  | { readonly kind: "importType"; readonly value: ImportType };

export interface TypeRef {
  readonly typeName: string;
  readonly typeParams?: readonly TsType[];
}

export interface MappedType {
  readonly readonly?: true | "+" | "-";
  readonly typeParam: TypeParam;
  readonly nameType?: TsType;
  readonly optional?: true | "+" | "-";
  readonly tsType?: TsType;
}

export interface TypePredicate {
  readonly asserts?: boolean;
  readonly param: { readonly type: "this" } | {
    readonly type: "identifier";
    readonly name: string;
  };
  readonly type?: TsType;
}

export interface ImportType {
  readonly specifier: string;
  readonly qualifier?: string;
  readonly typeParams?: readonly TsType[];
}

/**
 * What modules export.
 *
 * @param modules paths from the root
 * @returns the exported symbols of each module, by its URL
 */
export async function documentationOf(
  root: URL,
  modules: readonly string[],
): Promise<ReadonlyMap<string, readonly DocSymbol[]>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...modules],
    cwd: root,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`deno doc failed: ${new TextDecoder().decode(stderr)}`);
  return documentationIn(new TextDecoder().decode(stdout));
}

/** Reads an answer of `deno doc --json`. */
export function documentationIn(json: string): ReadonlyMap<string, readonly DocSymbol[]> {
  const { version, nodes } = JSON.parse(json);
  if (version !== VERSION) {
    throw new Error(
      `deno doc --json of Deno ${Deno.version.deno} has version ${version} of the format, and tools/api/doc_json.ts knows ` +
        `version ${VERSION}. Use Deno 2.9, or teach it the new one.`,
    );
  }
  const modules: Record<string, { readonly symbols?: readonly DocSymbol[] }> = nodes;
  return new Map(Object.entries(modules).map(([url, { symbols = [] }]) => [url, symbols]));
}
