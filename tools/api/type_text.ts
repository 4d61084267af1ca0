// Types as TypeScript, from what `deno doc` says of them.

import type {
  CallSignature,
  IndexSignature,
  Literal,
  MappedType,
  Members,
  MethodHead,
  Modifiers,
  Param,
  Property,
  TsType,
  TypeParam,
  TypePredicate,
} from "./doc_json.ts";

/** A type. */
export function typeText(type: TsType): string {
  switch (type.kind) {
    case "keyword":
      return type.value;
    case "this":
      return "this";
    case "literal":
      return literalText(type.value);
    case "typeRef":
      return type.value.typeName + typeArguments(type.value.typeParams);
    case "union":
      return type.value.map(typeText).join(" | ");
    case "intersection":
      return type.value.map(typeText).join(" & ");
    case "tuple":
      return `[${type.value.map(typeText).join(", ")}]`;
    case "array":
      return `${typeText(type.value)}[]`;
    case "optional":
      return `${typeText(type.value)}?`;
    case "rest":
      return `...${typeText(type.value)}`;
    case "parenthesized":
      return `(${typeText(type.value)})`;
    case "typeOperator":
      return `${type.value.operator} ${typeText(type.value.tsType)}`;
    case "typeQuery":
      // Of `typeof import("./x.ts")`, there is the path only.
      return `typeof ${
        /^[\w$.]+$/.test(type.value) ? type.value : `import(${JSON.stringify(type.value)})`
      }`;
    case "fnOrConstructor":
      return functionTypeText(type.value);
    case "conditional": {
      const { checkType, extendsType, trueType, falseType } = type.value;
      return `${typeText(checkType)} extends ${typeText(extendsType)} ` +
        `? ${typeText(trueType)} : ${typeText(falseType)}`;
    }
    case "indexedAccess":
      return `${typeText(type.value.objType)}[${typeText(type.value.indexType)}]`;
    case "mapped":
      return mappedTypeText(type.value);
    case "infer":
      return `infer ${typeParamText(type.value.typeParam)}`;
    case "typeLiteral":
      return `{ ${membersText(type.value).join(" ")} }`;
    case "typePredicate":
      return predicateText(type.value);
    case "importType": {
      const { specifier, qualifier, typeParams } = type.value;
      const name = qualifier === undefined ? "" : `.${qualifier}`;
      return `import(${JSON.stringify(specifier)})${name}${typeArguments(typeParams)}`;
    }
    default:
      throw unknownKind("type", type);
  }
}

/** What is thrown where a new Deno says what these files have not learned yet. */
export function unknownKind(what: string, found: never): Error {
  return new Error(
    `deno doc has a ${what} that tools/api does not know; teach it: ${JSON.stringify(found)}`,
  );
}

/** What is between the braces of a declaration, each member on a line of its own. */
export function bracesText(members: readonly string[]): string {
  return members.length === 0 ? "{}" : `{\n${members.join("\n")}\n}`;
}

/** `: T`, if a type is known. */
export function annotation(type: TsType | undefined): string {
  return type === undefined ? "" : `: ${typeText(type)}`;
}

/** Type arguments in angle brackets, if there are any. */
export function typeArguments(types: readonly TsType[] = []): string {
  return types.length === 0 ? "" : `<${types.map(typeText).join(", ")}>`;
}

/** Type parameters in angle brackets, if there are any. */
export function typeParameters(params: readonly TypeParam[] = []): string {
  return params.length === 0 ? "" : `<${params.map(typeParamText).join(", ")}>`;
}

/** Parameters in parentheses. A parameter with a default value is optional, whatever the value is. */
export function parameters(params: readonly Param[]): string {
  return `(${params.map(paramText).join(", ")})`;
}

/** The text of a member, and what it is sorted by. */
export interface Member {
  readonly rank: number;
  readonly name: string;
  readonly text: string;
}

/** The kinds of members in the order in which they are written; those of one kind are sorted by name. */
export const RANK = { call: 0, constructor: 1, index: 2, static: 3, instance: 4 } as const;

/** Members in the order that only depends on what they are; those of one name, which are overloads, stay as they are. */
export function sortedText(members: readonly Member[]): string[] {
  return members
    .toSorted((a, b) => a.rank - b.rank || compareNames(a.name, b.name))
    .map(({ text }) => text);
}

/** Alphabetical order, without regard to case and to the language of the system. */
export function compareNames(a: string, b: string): number {
  return compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The members of an interface or of a type literal, each with its semicolon. */
export function membersText(
  { constructors = [], callSignatures = [], indexSignatures = [], properties = [], methods = [] }:
    Members,
): string[] {
  return sortedText([
    ...callSignatures.map((call) => member(RANK.call, callText("", call))),
    ...constructors.map(({ returnType, ...call }) =>
      member(RANK.constructor, callText("new ", { ...call, tsType: returnType }))
    ),
    ...indexSignatures.map((index) => member(RANK.index, indexText(index))),
    ...properties.map((property) =>
      member(RANK.instance, propertyText("", property), property.name)
    ),
    ...methods.map(({ returnType, ...method }) =>
      member(
        RANK.instance,
        callText(headText(method), { ...method, tsType: returnType }),
        method.name,
      )
    ),
  ]);
}

export function member(rank: number, text: string, name = ""): Member {
  return { rank, name, text };
}

/** A signature, behind what it is a signature of. */
export function callText(head: string, { params, tsType, typeParams }: CallSignature): string {
  return `${head}${typeParameters(typeParams)}${parameters(params)}${annotation(tsType)};`;
}

/** `[key: string]: T`. */
export function indexText({ isStatic, readonly, params, tsType }: IndexSignature): string {
  const keys = params.map(paramText).join(", ");
  return `${modifiersText({ isStatic, readonly })}[${keys}]${annotation(tsType)};`;
}

/** A property, behind its modifiers in a class. */
export function propertyText(
  modifiers: string,
  { name, readonly, optional, tsType }: Property,
): string {
  const head = modifiers + modifiersText({ readonly }) + nameText(name);
  return `${head}${optional ? "?" : ""}${annotation(tsType)};`;
}

/** A method or an accessor, up to its type parameters. */
export function headText({ name, kind, optional }: MethodHead): string {
  const accessor = kind === "getter" ? "get " : kind === "setter" ? "set " : "";
  return `${accessor}${nameText(name)}${optional ? "?" : ""}`;
}

export function modifiersText(
  { accessibility, isStatic, isAbstract, readonly }: Modifiers,
): string {
  return (accessibility === "protected" ? "protected " : "") +
    (isStatic ? "static " : "") + (isAbstract ? "abstract " : "") + (readonly ? "readonly " : "");
}

/** A member's name: quoted if it has to be. What is computed, such as `[Symbol.dispose]`, has its brackets. */
export function nameText(name: string): string {
  return /^([\w$]+|\[.*\])$/.test(name) ? name : JSON.stringify(name);
}

function paramText(param: Param): string {
  const { accessibility, readonly } = param;
  // Nobody else sees the property.
  if (accessibility === "private") return bareParamText(param);
  const property = accessibility === undefined ? "" : `${accessibility} `;
  return property + (readonly ? "readonly " : "") + bareParamText(param);
}

function bareParamText(param: Param): string {
  switch (param.kind) {
    case "identifier":
      return `${param.name}${param.optional ? "?" : ""}${annotation(param.tsType)}`;
    case "assign":
      // Without a type, the value says which it is.
      return param.left.tsType === undefined
        ? `${bareParamText(param.left)} = ${param.right}`
        : bareParamText({ ...param.left, optional: true });
    case "rest":
      return `...${bareParamText(param.arg)}${annotation(param.tsType)}`;
    // How a parameter is taken apart is no part of the signature.
    case "object":
    case "array":
      return `_${param.optional ? "?" : ""}${annotation(param.tsType)}`;
    default:
      throw unknownKind("parameter", param);
  }
}

function typeParamText(param: TypeParam): string {
  const constraint = param.constraint === undefined ? "" : ` extends ${typeText(param.constraint)}`;
  const initial = param.default === undefined ? "" : ` = ${typeText(param.default)}`;
  return param.name + constraint + initial;
}

function literalText(literal: Literal): string {
  switch (literal.kind) {
    case "string":
      return JSON.stringify(literal.string);
    case "number":
      return String(literal.number);
    case "bigInt":
      return `${literal.string}n`;
    case "boolean":
      return String(literal.boolean);
    case "template":
      return `\`${literal.tsTypes.map(templatePartText).join("")}\``;
    default:
      throw unknownKind("literal", literal);
  }
}

/** The parts of a template are text and types by turns. */
function templatePartText(part: TsType, index: number): string {
  if (index % 2 === 1) return `\${${typeText(part)}}`;
  const text = part.kind === "literal" && part.value.kind === "string" ? part.value.string : "";
  return text.replaceAll(/[\\`]|\$\{/g, "\\$&");
}

function functionTypeText(
  { constructor, params, tsType, typeParams }: CallSignature & { readonly constructor: boolean },
): string {
  const result = tsType === undefined ? "any" : typeText(tsType);
  return `${constructor ? "new " : ""}${typeParameters(typeParams)}${
    parameters(params)
  } => ${result}`;
}

function mappedTypeText({ readonly, typeParam, nameType, optional, tsType }: MappedType): string {
  const keys = typeParam.constraint === undefined ? "" : ` in ${typeText(typeParam.constraint)}`;
  const renamed = nameType === undefined ? "" : ` as ${typeText(nameType)}`;
  return `{ ${mappedModifier(readonly, "readonly ")}[${typeParam.name}${keys}${renamed}]` +
    `${mappedModifier(optional, "?")}${annotation(tsType)} }`;
}

function mappedModifier(given: true | "+" | "-" | undefined, word: string): string {
  return given === undefined ? "" : given === true ? word : given + word;
}

function predicateText({ asserts, param, type }: TypePredicate): string {
  const name = param.type === "this" ? "this" : param.name;
  return `${asserts ? "asserts " : ""}${name}${type === undefined ? "" : ` is ${typeText(type)}`}`;
}
